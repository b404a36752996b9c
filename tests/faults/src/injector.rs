//! Injects faults: every outside effect of the shop asks here whether it fails.

use std::sync::Mutex;

use tokio::sync::Notify;

/// A fault at one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process crashes before the effect.
    CrashBefore,
    /// The process crashes after the effect, before it gets the response.
    CrashAfter,
    /// The connection is refused; no effect. A retry of the SDK may succeed.
    Refused,
    /// The effect happens, and the response is lost.
    AnswerLost,
    /// The effect happens, and the service reports a failure.
    FailedAfter,
    /// The service throttles the call; no effect.
    Throttled,
    /// Another transaction conflicts; no effect.
    Conflict,
    /// From this effect on every connection is refused, until the fault is cleared.
    Down,
}

impl Fault {
    /// Every fault.
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

/// Counts effects and lets one of them fail.
#[derive(Debug, Default)]
pub struct FaultInjector {
    state: Mutex<State>,
    crash: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Which effect fails, counted from 0 since [`FaultInjector::inject`], and how.
    injected: Option<(usize, Fault)>,
    /// The effects since then.
    effects: Vec<String>,
}

impl FaultInjector {
    /// Resets the count, and injects a fault into the n-th effect from now on.
    pub fn inject(&self, effect: usize, fault: Fault) {
        *self.lock() = State { injected: Some((effect, fault)), ..State::default() };
    }

    /// Resets the count without a fault; returns the effects until now.
    pub fn clear(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock()).effects
    }

    /// Runs work that may crash; `None` if it did. The future is dropped then, as if its process had died.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let crash = self.crash.notified();
        tokio::select! {
            biased;
            () = crash => None,
            done = work => Some(done),
        }
    }

    /// The fault of the effect that happens now.
    pub(crate) fn next_effect(&self, name: &str) -> Option<Fault> {
        let mut state = self.lock();
        let number = state.effects.len();
        state.effects.push(name.to_owned());
        match state.injected {
            Some((injected, fault)) if number == injected => Some(fault),
            Some((injected, Fault::Down)) if number > injected => Some(Fault::Down),
            _ => None,
        }
    }

    /// Whether every connection is refused, also of calls without effects.
    pub(crate) fn is_down(&self) -> bool {
        let state = self.lock();
        matches!(state.injected, Some((injected, Fault::Down)) if state.effects.len() > injected)
    }

    /// The process crashes here: the future that awaits this is dropped by [`FaultInjector::run`].
    pub(crate) async fn crash<T>(&self) -> T {
        self.crash.notify_one();
        std::future::pending().await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the lock")
    }
}
