//! The gate that every outside effect of the shop passes, and where it breaks on command.

use std::sync::Mutex;

use tokio::sync::Notify;

/// What may go wrong at one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process dies before the effect happens.
    CrashBefore,
    /// The effect happens, and the process dies before it hears of it.
    CrashAfter,
    /// Nobody answers; nothing happens. The SDK may try again and then succeed.
    Refused,
    /// The effect happens, its answer is lost.
    AnswerLost,
    /// The effect happens, and the service says that it failed.
    FailedAfter,
    /// The service is too busy; nothing happens.
    Throttled,
    /// Somebody else's transaction is in the way; nothing happens.
    Conflict,
    /// From this effect on nobody answers, until the gate is opened again.
    Down,
}

impl Fault {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::Refused,
        Self::AnswerLost,
        Self::FailedAfter,
        Self::Throttled,
        Self::Conflict,
        Self::Down,
    ];
}

/// Counts effects and breaks the one that it is told to.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    crash: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Which effect breaks, counted from 0 since [`Gate::arm`], and how.
    armed: Option<(usize, Fault)>,
    /// The names of the effects since then.
    seen: Vec<String>,
}

impl Gate {
    /// From now on counts anew, and breaks the n-th effect.
    pub fn arm(&self, effect: usize, fault: Fault) {
        *self.lock() = State { armed: Some((effect, fault)), ..State::default() };
    }

    /// From now on counts anew and lets everything pass; returns the names of the effects until now.
    pub fn open(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock()).seen
    }

    /// Runs what may crash at this gate; `None` when it did. Nothing of it goes on then, as if its process had died.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let crash = self.crash.notified();
        tokio::select! {
            biased;
            () = crash => None,
            done = work => Some(done),
        }
    }

    /// What becomes of the effect that arrives now.
    pub(crate) fn arrive(&self, name: &str) -> Option<Fault> {
        let mut state = self.lock();
        let number = state.seen.len();
        state.seen.push(name.to_owned());
        match state.armed {
            Some((armed, fault)) if number == armed => Some(fault),
            Some((armed, Fault::Down)) if number > armed => Some(Fault::Down),
            _ => None,
        }
    }

    /// Whether nobody answers, not even questions without effects.
    pub(crate) fn is_down(&self) -> bool {
        let state = self.lock();
        matches!(state.armed, Some((armed, Fault::Down)) if state.seen.len() > armed)
    }

    /// The process dies here: whatever awaits this is dropped by [`Gate::run`].
    pub(crate) async fn die<T>(&self) -> T {
        self.crash.notify_one();
        std::future::pending().await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the gate")
    }
}
