//! What a check of a store works at: a place of its own, and clients of it.

use std::{future::Future, pin::Pin, sync::Arc};

use super::{
    Fixture,
    report::{Fault, whole},
    runtime::Runtime,
    task::Barrier,
};

/// How many callers race.
pub(super) const CALLERS: usize = 32;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// The fixture and the runtime. Each check has a clone, and opens with it what it needs.
pub(super) struct Bench<S: ?Sized> {
    places: Arc<dyn Places<S>>,
    pub(super) runtime: Runtime,
}

impl<S: ?Sized> Clone for Bench<S> {
    fn clone(&self) -> Self {
        Self {
            places: Arc::clone(&self.places),
            runtime: self.runtime.clone(),
        }
    }
}

impl<S: ?Sized + Send + Sync + 'static> Bench<S> {
    /// `erase`: makes the implementer's type one that every check knows.
    pub(super) fn new<F: Fixture>(
        fixture: F,
        runtime: &Runtime,
        erase: fn(F::Store) -> Arc<S>,
    ) -> Self {
        let fixture = Arc::new(fixture);
        Self {
            places: Arc::new(Rig { fixture, erase }),
            runtime: runtime.clone(),
        }
    }

    /// A new place.
    pub(super) async fn place(&self) -> Result<Box<dyn Clients<S>>, Fault> {
        self.places.place().await
    }

    /// A new place and two clients of it.
    pub(super) async fn two(&self) -> Result<Two<S>, Fault> {
        let place = self.place().await?;
        let (one, other) = (place.open().await?, place.open().await?);
        Ok(Two {
            one,
            other,
            _place: place,
        })
    }

    /// The answers of 32 callers, all let go at the same moment, in their order. Half of them are on
    /// the other client.
    pub(super) async fn race<T, W>(
        &self,
        two: &Two<S>,
        call: impl Fn(Arc<S>, usize) -> W,
    ) -> Result<Vec<T>, Fault>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        self.race_of(CALLERS, two, call).await
    }

    /// The same of as many callers.
    pub(super) async fn race_of<T, W>(
        &self,
        callers: usize,
        two: &Two<S>,
        call: impl Fn(Arc<S>, usize) -> W,
    ) -> Result<Vec<T>, Fault>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let start = Barrier::new(callers);
        let mut running = Vec::new();
        for number in 0..callers {
            let call = call(Arc::clone(two.of(number)), number);
            let start = Arc::clone(&start);
            running.push(self.runtime.start(async move {
                start.wait().await;
                call.await
            }));
        }
        // All of them end before the first fault is looked at.
        let mut ended = Vec::new();
        for caller in running {
            ended.push(caller.await);
        }
        let mut answers = Vec::new();
        for answer in ended {
            answers.push(answer?.map_err(|fault| fault.during("while others called"))?);
        }
        Ok(answers)
    }
}

/// Two clients of one place.
pub(super) struct Two<S: ?Sized> {
    pub(super) one: Arc<S>,
    pub(super) other: Arc<S>,
    /// After the clients, so that it is dropped after them.
    _place: Box<dyn Clients<S>>,
}

impl<S: ?Sized> Two<S> {
    /// The one or the other, by turns.
    pub(super) const fn of(&self, number: usize) -> &Arc<S> {
        match number % 2 {
            0 => &self.one,
            _ => &self.other,
        }
    }

    /// Both of them, with what they are called.
    pub(super) fn both(&self) -> [(&'static str, &S); 2] {
        [
            ("one client", &*self.one),
            ("the other client", &*self.other),
        ]
    }
}

/// Where stores keep their data.
trait Places<S: ?Sized>: Send + Sync {
    fn place(&self) -> Answer<'_, Box<dyn Clients<S>>>;
}

/// The clients of one place.
pub(super) trait Clients<S: ?Sized>: Send + Sync {
    /// Another one.
    fn open(&self) -> Answer<'_, Arc<S>>;
}

struct Rig<F: Fixture, S: ?Sized> {
    fixture: Arc<F>,
    erase: fn(F::Store) -> Arc<S>,
}

impl<F: Fixture, S: ?Sized + Send + Sync + 'static> Places<S> for Rig<F, S> {
    fn place(&self) -> Answer<'_, Box<dyn Clients<S>>> {
        Box::pin(async move {
            let place = self.fixture.place().await.map_err(|error| {
                Fault::new(format!("the fixture has no place: {}", whole(&error)))
            })?;
            let place: Box<dyn Clients<S>> = Box::new(Place {
                place,
                fixture: Arc::clone(&self.fixture),
                erase: self.erase,
            });
            Ok(place)
        })
    }
}

struct Place<F: Fixture, S: ?Sized> {
    place: F::Place,
    fixture: Arc<F>,
    erase: fn(F::Store) -> Arc<S>,
}

impl<F: Fixture, S: ?Sized + Send + Sync + 'static> Clients<S> for Place<F, S> {
    fn open(&self) -> Answer<'_, Arc<S>> {
        Box::pin(async move {
            let store = self.fixture.open(&self.place).await.map_err(|error| {
                Fault::new(format!("the fixture opens no store: {}", whole(&error)))
            })?;
            Ok((self.erase)(store))
        })
    }
}
