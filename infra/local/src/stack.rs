//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::middleware::map_request_with_state;
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::gc::Collection;
use or3_domain::ids::SystemIds;
use or3_domain::sync::News;
use or3_http::{ColdStart, Peer, standard};
use or3_runtime::StartError;
use or3_settings::{
    Database, DatabaseUrl, Environment, Faults, Local, Log, Mode, Problem, Problems, SECRETS,
    Storage,
};
use or3_state::State;
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::descriptors;
use crate::faults::Cloud;
use crate::listen::{Bounds, serve};
use crate::secrets::Secrets;
use crate::telemetry::{Outlets, Telemetry};
use crate::timer::Timer;
use crate::volume;
use crate::world::World;

/// A stack that holds its port and has everything in place, but does not listen yet.
pub struct Stack {
    socket: TcpSocket,
    outlets: Outlets,
    router: Router,
    cloud: Cloud,
    clock: Arc<dyn Clock>,
    state: State,
    news: News,
    collection: Collection,
    collect_every: Option<Duration>,
    bounds: Bounds,
    shutdown_timeout: Duration,
}

/// A stack that serves.
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
    timer: Option<Timer>,
    telemetry: Telemetry,
    state: State,
    news: News,
    shutdown_timeout: Duration,
}

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

impl Stack {
    /// Reads the settings, takes the port, looks at the data, and only then makes folders, keeps
    /// secrets and migrates.
    ///
    /// # Errors
    ///
    /// One sentence a problem, naming the variable or path and the cure; nothing on disk has been
    /// changed then, unless the disk itself failed half-way.
    pub async fn prepare(mut environment: Environment) -> Result<Self, StartError> {
        let Ok((local, mode, faults)) = environment.load::<(Local, Mode, Faults)>() else {
            return Err(Problems(problems(&environment)).into());
        };
        volume::inspect(&local.data_dir, "OR3_DATA_DIR")?;
        let secrets = if mode.production {
            None
        } else {
            Some(Secrets::look(&local.data_dir, &SystemIds)?)
        };
        // A look at all settings with provisional secrets: what is wrong shows before the disk
        // is touched.
        let mut provisional = environment.clone();
        if let Some(secrets) = &secrets {
            secrets.supply(&mut provisional);
        }
        World::settings(&provisional)?;
        let (database, storage) = provisional.load::<(Database, Storage)>()?;
        let socket = bind("OR3_LISTEN", local.listen)?;
        let outlets = Outlets::of(&environment)?;
        inspect(&database, &storage)?;

        // A server may turn out to be away, so it is asked before the disk is touched.
        let on_server = matches!(database.url, DatabaseUrl::Server { .. });
        if on_server {
            migrate(&database).await?;
        }
        create(&local, &database, &storage)?;
        if !on_server {
            migrate(&database).await?;
        }
        if let Some(secrets) = secrets {
            secrets.keep()?.supply(&mut environment);
        }
        let cloud = Cloud::over(&mut environment, faults).await?;
        let world = World::build(&environment, &cloud)?;
        world.create_blobs().await?;
        world.bootstrap().await?;
        let router = standard(world.router(), world.http_policy())
            .layer(map_request_with_state(ColdStart::default(), introduce));
        Ok(Self {
            socket,
            outlets,
            router: cloud.before(router),
            clock: cloud.clock(),
            cloud,
            state: world.state(),
            news: world.news(),
            collection: world.collection(),
            collect_every: world.collect_every(),
            bounds: Bounds {
                connections: local.max_connections,
                header_timeout: local.header_timeout,
            },
            shutdown_timeout: local.shutdown_timeout,
        })
    }

    /// Listens and serves.
    ///
    /// # Errors
    ///
    /// When the operating system refuses to listen on the address that it gave.
    pub fn start(self) -> Result<Running, StartError> {
        descriptors::raise();
        let listener = self.socket.listen(BACKLOG);
        let listener = listener.map_err(|error| taken("OR3_LISTEN", error))?;
        let address = listener.local_addr().map_err(StartError::surroundings)?;
        let telemetry = self.outlets.open(Arc::clone(&self.clock))?;
        self.cloud.begin();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, self.router, self.bounds, stopped));
        let (collection, clock) = (self.collection, self.clock);
        let timer = self
            .collect_every
            .map(|interval| Timer::start(collection, clock, interval));
        Ok(Running {
            address,
            stop,
            server,
            timer,
            telemetry,
            state: self.state,
            news: self.news,
            shutdown_timeout: self.shutdown_timeout,
        })
    }
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, ends event streams and the timer, lets requests in flight finish, closes
    /// the database and returns; after the shutdown timeout it does not wait for them any longer.
    pub async fn stop(self) {
        let _server_already_ended = self.stop.send(());
        self.news.close();
        let ended = async {
            if let Some(timer) = self.timer {
                timer.stop().await;
            }
            let served = self.server.await;
            self.telemetry.stop().await;
            served
        };
        if tokio::time::timeout(self.shutdown_timeout, ended)
            .await
            .is_err()
        {
            tracing::warn!("work was still in flight at the end of the shutdown timeout");
        }
        let close = move || self.state.close();
        if tokio::task::spawn_blocking(close).await.is_err() {
            tracing::error!("the database could not be closed");
        }
    }
}

/// Everything that is wrong with the settings of a stack, whoever reads them, each once. Secrets that a
/// development stack makes for itself are not missed.
pub fn problems(environment: &Environment) -> Vec<Problem> {
    let mut environment = environment.clone();
    let production = environment.load::<Mode>().is_ok_and(|mode| mode.production);
    if !production {
        for (number, name) in SECRETS.iter().enumerate() {
            environment.set_default(name, format!("{number:032}"));
        }
    }
    let log = environment.load::<Log>().err();
    let own = environment.load::<(Local, Mode, Faults)>().err();
    let functions = World::settings(&environment).err();
    let found = [log, own, functions].into_iter().flatten();
    let mut wrong = Vec::new();
    for problem in found.flat_map(|problems| problems.0) {
        if !wrong.contains(&problem) {
            wrong.push(problem);
        }
    }
    wrong
}

async fn introduce(Shared(cold_start): Shared<ColdStart>, mut request: Request) -> Request {
    cold_start.note(request.extensions_mut());
    if let Some(ConnectInfo(address)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let peer = Peer(address.ip());
        request.extensions_mut().insert(peer);
    }
    request
}

/// Takes the port that `variable` names, without listening yet.
pub(crate) fn bind(variable: &str, address: SocketAddr) -> Result<TcpSocket, StartError> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    };
    let bound = socket.and_then(|socket| {
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(socket)
    });
    bound.map_err(|error| taken(variable, format!("{address}, {error}")))
}

pub(crate) fn taken(variable: &str, found: impl std::fmt::Display) -> StartError {
    StartError::surroundings(format!(
        "{variable}: the address cannot be used ({found}): choose another port, or 0 for any free \
         one"
    ))
}

async fn migrate(database: &Database) -> Result<(), StartError> {
    let applied = State::migrate(database, SystemClock.now()).await;
    let applied = applied.map_err(StartError::surroundings)?;
    tracing::info!(migrations = applied, "the database is ready");
    Ok(())
}

/// Looks at the data that a start needs, without changing it.
fn inspect(database: &Database, storage: &Storage) -> Result<(), StartError> {
    if storage.s3.is_none() {
        volume::inspect(&storage.fs_root, "OR3_STORAGE_FS_ROOT")?;
    }
    if let DatabaseUrl::File(path) = &database.url
        && let Some(folder) = path.parent()
    {
        volume::inspect(folder, "OR3_DATABASE_URL")?;
    }
    State::inspect(database).map_err(StartError::surroundings)
}

fn create(local: &Local, database: &Database, storage: &Storage) -> Result<(), StartError> {
    volume::create(&local.data_dir, "OR3_DATA_DIR")?;
    if storage.s3.is_none() {
        volume::create(&storage.fs_root, "OR3_STORAGE_FS_ROOT")?;
    }
    if let DatabaseUrl::File(path) = &database.url
        && let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
    {
        volume::create(folder, "OR3_DATABASE_URL")?;
    }
    Ok(())
}
