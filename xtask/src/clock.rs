//! Elapsed time.

use std::time::{Duration, Instant};

/// Measures the time since its start.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// The time since the start, as text.
    pub(crate) fn text(self) -> String {
        text(self.elapsed())
    }
}

/// `9.4 s` or `2 min 07 s`.
pub(crate) fn text(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds}.{} s", time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(text(Duration::from_millis(9_460)), "9.4 s");
        assert_eq!(text(Duration::from_secs(127)), "2 min 07 s");
    }
}
