//! Changes as a client makes them: every one a new message with a random id, as long as a short
//! message of a chat is.

use std::fmt::Write;

/// Bytes of a payload.
pub(super) const PAYLOAD: usize = 500;

/// One change.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The op's id.
    pub(super) op_id: String,
    /// The message's id.
    pub(super) pk: String,
    /// The writer's clock.
    pub(super) hlc: String,
    /// The message as JSON text.
    pub(super) payload: String,
}

/// Makes changes of one device, the same ones in every run.
pub(super) struct Changes {
    device: String,
    random: u64,
    made: u64,
}

impl Changes {
    /// The changes of device number `device`.
    pub(super) fn of(device: u64) -> Self {
        Self {
            device: format!("device-{device:012}"),
            random: device.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 0x9E37_79B9_7F4A_7C15,
            made: 0,
        }
    }

    /// The device's name.
    pub(super) fn device(&self) -> &str {
        &self.device
    }

    /// The next change.
    pub(super) fn next(&mut self) -> Change {
        self.made += 1;
        let (op_id, pk) = (self.uuid(), self.uuid());
        let hlc = format!(
            "{:09}:{:03}:{}",
            self.made / 1000,
            self.made % 1000,
            self.device
        );
        let payload = payload(&pk, self.made, &hlc);
        Change {
            op_id,
            pk,
            hlc,
            payload,
        }
    }

    /// The body of a push of the next `count` changes.
    pub(super) fn push(&mut self, workspace: &str, count: usize) -> String {
        let mut body = format!(r#"{{"scope":{{"workspaceId":"{workspace}"}},"ops":["#);
        for at in 0..count {
            if at > 0 {
                body.push(',');
            }
            let change = self.next();
            self.write_op(&mut body, &change);
        }
        body.push_str("]}");
        body
    }

    fn write_op(&self, body: &mut String, change: &Change) {
        let Change {
            op_id,
            pk,
            hlc,
            payload,
        } = change;
        let device = &self.device;
        let _text_takes_everything = write!(
            body,
            r#"{{"id":"{op_id}","tableName":"messages","operation":"put","pk":"{pk}","payload":{payload},"stamp":{{"deviceId":"{device}","opId":"{op_id}","hlc":"{hlc}","clock":1}},"createdAt":1795195843000,"attempts":0,"status":"pending"}}"#
        );
    }

    /// A random UUID of version 4; splitmix64 is random enough to spread over an index.
    fn uuid(&mut self) -> String {
        let (high, low) = (self.draw(), self.draw());
        let high = (high & !0xF000) | 0x4000;
        let low = (low & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn payload(pk: &str, index: u64, hlc: &str) -> String {
    let head = format!(
        r#"{{"id":"{pk}","thread_id":"0c848d45-1555-4640-9951-3aed70b2d02d","role":"user","index":{index},"order_key":"{hlc}","deleted":false,"created_at":1795195843,"updated_at":1795195843,"clock":1,"data":{{"content":""#
    );
    let tail = r#""}}"#;
    let filler = PAYLOAD.saturating_sub(head.len() + tail.len());
    format!(
        "{head}{}{tail}",
        "word "
            .repeat(filler / 5 + 1)
            .get(..filler)
            .unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_json_with_payloads_of_the_stated_length() {
        let mut changes = Changes::of(3);
        let body: serde_json::Value =
            serde_json::from_str(&changes.push("w", 2)).expect("valid JSON");
        let ops = body["ops"].as_array().expect("ops");
        assert_eq!(ops.len(), 2);
        assert_ne!(ops[0]["pk"], ops[1]["pk"]);
        assert_eq!(ops[0]["payload"]["id"], ops[0]["pk"]);
        assert_eq!(changes.next().payload.len(), PAYLOAD);
    }

    #[test]
    fn ids_are_version_4() {
        let id = Changes::of(1).next().op_id;
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!("89ab".contains(&id[19..20]));
    }
}
