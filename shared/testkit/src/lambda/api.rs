//! As much of the Lambda runtime API as functions use: the next invocation, and what became of it.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use or3_domain::clock::Timestamp;
use or3_domain::ids::{Ids, SystemIds};
use or3_relay::message;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

/// What the function returned, or the error that it reported.
type Outcome = Result<String, String>;

/// The API of one function on a free loopback port; dropping it ends it.
pub(super) struct Api {
    address: SocketAddr,
    orders: UnboundedSender<Order>,
    task: AbortHandle,
}

/// An invocation that nobody has taken yet.
struct Order {
    id: String,
    event: Bytes,
    deadline: Timestamp,
    outcome: oneshot::Sender<Outcome>,
}

/// Where invocations wait, and where those that were taken are answered.
struct Desk {
    orders: tokio::sync::Mutex<UnboundedReceiver<Order>>,
    taken: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
}

#[expect(clippy::expect_used, reason = "a test without its service must fail")]
impl Api {
    pub(super) async fn listen() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (orders, waiting) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            orders: waiting.into(),
            taken: Mutex::default(),
        });
        let task = tokio::spawn(accept(listener, desk)).abort_handle();
        Self {
            address,
            orders,
            task,
        }
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(super) async fn invoke(&self, event: Bytes, deadline: Timestamp) -> Outcome {
        let (outcome, reported) = oneshot::channel();
        let order = Order {
            id: SystemIds.uuid(),
            event,
            deadline,
            outcome,
        };
        assert!(self.orders.send(order).is_ok(), "nobody listens");
        reported.await.expect("an outcome")
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    while let Ok((function, _)) = listener.accept().await {
        let desk = Arc::clone(&desk);
        // An error is a function that ended.
        tokio::spawn(async move { serve(function, &desk).await.ok() });
    }
}

async fn serve(function: TcpStream, desk: &Desk) -> io::Result<()> {
    // An event that comes behind its head must not wait until that is acknowledged.
    function.set_nodelay(true)?;
    let mut function = BufReader::new(function);
    loop {
        let mut request = message(&mut function).await?;
        if is_chunked(&request) {
            chunks(&mut function, &mut request).await?;
        }
        let request = String::from_utf8_lossy(&request);
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let path = head.split(' ').nth(1).unwrap_or_default();
        let mut steps = path.rsplit('/');
        let answer = match (steps.next(), steps.next()) {
            (Some("next"), _) => match desk.orders.lock().await.recv().await {
                Some(order) => {
                    let event = order.event.clone();
                    let head = desk.hand_out(order);
                    function.write_all(head.as_bytes()).await?;
                    function.write_all(&event).await?;
                    continue;
                }
                None => return Ok(()),
            },
            (Some(what), Some(id)) => desk.take_back(id, what == "response", body),
            _ => return Ok(()),
        };
        function.write_all(answer.as_bytes()).await?;
    }
}

/// An answer that streams comes in chunks.
fn is_chunked(request: &[u8]) -> bool {
    let head = String::from_utf8_lossy(request).to_ascii_lowercase();
    head.contains("\r\ntransfer-encoding: chunked\r\n")
}

/// Reads chunks to the last one and the trailers behind it.
async fn chunks(from: &mut BufReader<TcpStream>, into: &mut Vec<u8>) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        from.read_line(&mut line).await?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        if length == 0 {
            break;
        }
        let start = into.len();
        into.resize(start + length, 0);
        from.read_exact(&mut into[start..]).await?;
        from.read_line(&mut line).await?;
    }
    while line.trim() != "" {
        line.clear();
        from.read_line(&mut line).await?;
    }
    Ok(())
}

impl Desk {
    /// The head of the answer that hands an order out; the event follows it.
    fn hand_out(&self, order: Order) -> String {
        let (id, event, deadline) = (order.id, order.event, order.deadline.millis());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(id.clone(), order.outcome);
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             lambda-runtime-aws-request-id: {id}\r\nlambda-runtime-deadline-ms: {deadline}\r\n\
             lambda-runtime-trace-id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:0:function:test\r\n\r\n",
            event.len()
        )
    }

    /// An error at the start belongs to no invocation.
    fn take_back(&self, id: &str, worked: bool, body: &str) -> String {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outcome) = taken.remove(id) {
            let body = body.to_owned();
            let _test_already_failed = outcome.send(if worked { Ok(body) } else { Err(body) });
        }
        "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned()
    }
}
