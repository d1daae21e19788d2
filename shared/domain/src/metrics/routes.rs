//! Requests by route.

use std::time::Duration;

use super::places::{Places, spread};
use super::{Counter, Histogram, Metrics};

/// As many routes as there can be: this build has about forty.
const ROUTES: usize = 128;

/// Requests by method and route.
#[derive(Debug)]
pub struct Routes(Places<(Method, Box<str>), Route, ROUTES>);

/// What was counted of one route.
#[derive(Debug, Default)]
pub struct Route {
    answers: [Counter; Class::ALL.len()],
    /// How long answers took, to their head.
    pub duration: Histogram,
}

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 1xx and 2xx.
    Success,
    /// 3xx.
    Redirection,
    /// 4xx without 429.
    ClientError,
    /// 429.
    TooMany,
    /// 5xx.
    ServerError,
}

/// A method that routes have; any other one is [`Other`](Self::Other), whatever a client calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they are called as they are")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Other,
}

impl Class {
    /// Every class, in the order of answers.
    pub const ALL: [Self; 5] = [
        Self::Success,
        Self::Redirection,
        Self::ClientError,
        Self::TooMany,
        Self::ServerError,
    ];

    /// The class of a status.
    pub const fn of(status: u16) -> Self {
        match status {
            ..300 => Self::Success,
            300..400 => Self::Redirection,
            429 => Self::TooMany,
            400..500 => Self::ClientError,
            500.. => Self::ServerError,
        }
    }

    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "2xx",
            Self::Redirection => "3xx",
            Self::ClientError => "4xx",
            Self::TooMany => "429",
            Self::ServerError => "5xx",
        }
    }
}

impl Method {
    /// The method of this name.
    pub fn named(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }

    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Other => "other",
        }
    }
}

impl Route {
    const fn new() -> Self {
        Self {
            answers: [const { Counter::new() }; Class::ALL.len()],
            duration: Histogram::new(),
        }
    }

    /// Answers of `class`.
    pub fn answers(&self, class: Class) -> &Counter {
        &self.answers[class as usize]
    }
}

impl Routes {
    pub(super) const fn new() -> Self {
        Self(Places::new(Route::new()))
    }

    /// What is counted of `path`, a pattern of this build, never a path that a client sent.
    pub fn of(&self, method: Method, path: &str) -> &Route {
        let is = |(known, at): &(Method, Box<str>)| *known == method && **at == *path;
        let make = || ((method, Box::from(path)), Route::default());
        self.0.of(spread(path, method as u8), is, make)
    }

    /// Every route that was asked, sorted by path; `other` where there was no room for more.
    pub fn all(&self) -> Vec<(Method, &str, &Route)> {
        let mut all: Vec<_> = self.each().collect();
        all.sort_unstable_by_key(|(method, path, _)| (*path, *method));
        all
    }

    /// The same in no order, without a list of them.
    pub fn each(&self) -> impl Iterator<Item = (Method, &str, &Route)> {
        let asked = |route: &Route| {
            Class::ALL
                .iter()
                .any(|class| route.answers(*class).get() > 0)
        };
        let asked = self.0.iter().filter(move |(_, route)| asked(route));
        asked.map(|(key, route)| match key {
            Some((method, path)) => (*method, &**path, route),
            None => (Method::Other, "other", route),
        })
    }
}

impl Default for Routes {
    fn default() -> Self {
        Self::new()
    }
}

/// A request that is being answered; one that is dropped before its answer was abandoned.
#[must_use = "it is under way as long as it lives"]
pub struct Asked<'a> {
    metrics: &'a Metrics,
    _held: super::Held<'a>,
    answered: bool,
}

/// What there is to count of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The method, by name.
    pub method: &'a str,
    /// The pattern of the route; `unknown` without one.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// How long it took.
    pub duration: Duration,
    /// How many round trips to stores it waited for.
    pub round_trips: u32,
}

impl Metrics {
    /// Counts a request that has come.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            metrics: self,
            _held: self.in_flight.hold(),
            answered: false,
        }
    }
}

impl Asked<'_> {
    /// Counts its answer.
    pub fn answered(mut self, answer: &Answered<'_>) {
        self.answered = true;
        let method = Method::named(answer.method);
        let route = self.metrics.routes.of(method, answer.route);
        route.answers(Class::of(answer.status)).one();
        route.duration.observe(answer.duration);
        self.metrics.round_trips.add(answer.round_trips.into());
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.metrics.abandoned.one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, route: &str) -> Answered<'_> {
        Answered {
            method: "POST",
            route,
            status,
            duration: Duration::from_millis(3),
            round_trips: 2,
        }
    }

    #[test]
    fn an_answer_counts_for_its_route_and_class() {
        let metrics = Metrics::default();
        for status in [200, 204, 429, 404, 503, 308] {
            metrics.asked().answered(&answer(status, "/api/sync/push"));
        }
        let [(method, path, route)] = metrics.routes.all()[..] else {
            panic!("one route");
        };
        assert_eq!((method, path), (Method::Post, "/api/sync/push"));
        let counts = Class::ALL.map(|class| route.answers(class).get());
        assert_eq!(counts, [2, 1, 1, 1, 1]);
        assert_eq!(route.duration.sum_micros(), 18_000);
        assert_eq!(
            (metrics.round_trips.get(), metrics.in_flight.get()),
            (12, 0)
        );
    }

    #[test]
    fn who_goes_away_is_counted_as_that() {
        let metrics = Metrics::default();
        let asked = metrics.asked();
        assert_eq!(metrics.in_flight.get(), 1);
        drop(asked);
        assert_eq!((metrics.in_flight.get(), metrics.abandoned.get()), (0, 1));
        assert!(metrics.routes.all().is_empty());
    }

    #[test]
    fn more_routes_than_there_is_room_for_share_a_place() {
        let metrics = Metrics::default();
        for number in 0..ROUTES + 5 {
            metrics
                .asked()
                .answered(&answer(200, &format!("/{number}")));
        }
        let all = metrics.routes.all();
        assert_eq!(all.len(), ROUTES + 1);
        let other = all
            .iter()
            .find(|(_, path, _)| *path == "other")
            .expect("it is there");
        assert_eq!(other.2.answers(Class::Success).get(), 5);
    }
}
