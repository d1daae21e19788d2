//! How devices read: pages of the log, snapshots, and telling the server how far they are.

use or3_domain::clock::Clock;
use or3_testkit::Answer;
use serde_json::json;

use crate::fleet::Request;
use crate::run::Run;
use crate::sighting::{Chain, Page};

impl Run {
    /// Pulls, or reads the next page of the snapshot that the device needs.
    pub(crate) async fn read(&mut self, number: usize) {
        if !self.devices[number].online {
            return;
        }
        if self.devices[number].needs_snapshot {
            return self.read_snapshot(number).await;
        }
        let limit = self.rng.u16(1..20);
        let request = self.devices[number].pull(limit);
        let page = self.pull(number, &request).await;
        let stops = self.rng.u8(..12) == 0;
        self.devices[number].take(&page, stops);
    }

    pub(crate) async fn pull(&mut self, number: usize, request: &Request) -> Page {
        let acknowledged = self.ledgers[&self.devices[number].workspace].head;
        let answer = self.send(request).await;
        self.see(number, request, &answer, acknowledged)
    }

    /// What a pull was answered that was asked when `acknowledged` was the highest version known.
    pub(crate) fn see(
        &mut self,
        number: usize,
        request: &Request,
        answer: &Answer,
        acknowledged: i64,
    ) -> Page {
        let workspace = self.devices[number].workspace.clone();
        assert_eq!(answer.status, 200, "{}", answer.message());
        let user = &self.devices[number].user;
        let page = Page::of(user, &request.body, &answer.json());
        self.trace.step(format!(
            "{} pulls {}..{} more {} floor {}",
            self.devices[number].name,
            page.cursor,
            page.next_cursor,
            page.has_more,
            page.oldest_retained
        ));
        let ledger = self.ledgers.get_mut(&workspace).expect("a ledger");
        ledger.saw_page(page.clone(), acknowledged);
        page
    }

    pub(crate) async fn read_snapshot(&mut self, number: usize) {
        let size = self.rng.u8(1..5);
        let device = &mut self.devices[number];
        let chain = device.chain.take();
        let mut body = json!({ "pageSize": size });
        if let Some(token) = chain.as_ref().and_then(|chain| chain.token.as_ref()) {
            body["pageToken"] = json!(token);
        }
        let request = device.request("/api/sync/snapshot", body);
        let answer = self.send(&request).await;
        let device = &mut self.devices[number];
        self.trace.step(format!(
            "{} reads a snapshot: {}",
            device.name, answer.status
        ));
        if answer.status == 410 {
            assert!(chain.is_some(), "a new snapshot cannot be over");
            return;
        }
        assert_eq!(answer.status, 200, "{}", answer.message());
        let chain = Chain::with(chain, &answer.json());
        if chain.token.is_some() {
            device.chain = Some(chain);
            return;
        }
        device.install(&chain);
        let ledger = self.ledgers.get_mut(&device.workspace).expect("a ledger");
        ledger.saw_snapshot(&device.user, chain);
    }

    pub(crate) async fn report(&mut self, number: usize) {
        let device = &self.devices[number];
        let body = json!({ "deviceId": device.name, "version": device.cursor });
        let request = device.request("/api/sync/update-cursor", body);
        if !device.online {
            return;
        }
        let answer = self.send(&request).await;
        // A device that stopped before it noted a cursor reports an older one.
        assert!([200, 409].contains(&answer.status.as_u16()), "{answer:?}");
        if answer.status == 200 {
            let device = &self.devices[number];
            let ledger = self.ledgers.get_mut(&device.workspace).expect("a ledger");
            ledger.saw_report(&device.name, device.cursor, self.fleet.clock.now());
        }
    }

    pub(crate) async fn read_to_the_end(&mut self, number: usize) {
        loop {
            while self.devices[number].needs_snapshot {
                self.read_snapshot(number).await;
            }
            let request = self.devices[number].pull(100);
            let page = self.pull(number, &request).await;
            self.devices[number].take(&page, false);
            if !page.has_more && !self.devices[number].needs_snapshot {
                return;
            }
        }
    }
}
