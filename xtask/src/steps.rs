//! Steps in order, timed, stopping at the first failure, with a summary whose last line is for machines.

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How a step ended.
#[derive(Debug)]
enum Outcome {
    Passed(Duration),
    Failed(Duration),
    Skipped(String),
    NotRun,
}

/// The steps so far.
#[derive(Debug, Default)]
pub struct Steps {
    rows: Vec<(String, Outcome)>,
}

impl Steps {
    /// Runs a step, unless an earlier one failed.
    pub fn step(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        if self.has_failed() {
            self.rows.push((name.to_owned(), Outcome::NotRun));
            return;
        }
        println!("\n=== {name} ===");
        let started = Instant::now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed(started.elapsed()),
            Err(error) => {
                println!("\nFAILED: {name}: {error:#}");
                Outcome::Failed(started.elapsed())
            }
        };
        self.rows.push((name.to_owned(), outcome));
    }

    /// Records that a step has nothing to work on, loudly: what is not run is not proved.
    pub fn skip(&mut self, name: &str, reason: &str) {
        if !self.has_failed() {
            println!("\n=== {name} ===\nSKIPPED: {reason}");
        }
        self.rows.push((name.to_owned(), Outcome::Skipped(reason.to_owned())));
    }

    /// Whether a step failed, after which no other is run.
    pub fn has_failed(&self) -> bool {
        self.rows.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))
    }

    /// Prints the summary; failure when a step failed.
    pub fn finish(self) -> ExitCode {
        println!("\n{self}");
        if self.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut n_passed, mut n_failed) = (0, 0);
        for (name, outcome) in &self.rows {
            match outcome {
                Outcome::Passed(time) => {
                    n_passed += 1;
                    writeln!(f, "passed   {:>7.1} s  {name}", time.as_secs_f64())?;
                }
                Outcome::Failed(time) => {
                    n_failed += 1;
                    writeln!(f, "FAILED   {:>7.1} s  {name}", time.as_secs_f64())?;
                }
                Outcome::Skipped(reason) => writeln!(f, "skipped             {name}: {reason}")?,
                Outcome::NotRun => writeln!(f, "not run             {name}")?,
            }
        }
        write!(f, "{n_passed} passed, {n_failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn the_first_failure_stops_the_rest_and_is_counted() {
        let mut steps = Steps::default();
        let mut later_ran = false;
        steps.step("one", || Ok(()));
        steps.skip("two", "web/ is absent");
        steps.step("three", || bail!("broken"));
        steps.step("four", || {
            later_ran = true;
            Ok(())
        });
        let text = steps.to_string();
        assert!(!later_ran);
        assert!(text.ends_with("\n1 passed, 1 failed"), "{text}");
        assert!(text.contains("skipped             two: web/ is absent\nFAILED"), "{text}");
        assert!(text.contains("not run             four"), "{text}");
        assert_eq!(steps.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn all_passed_is_success() {
        let mut steps = Steps::default();
        steps.step("one", || Ok(()));
        assert!(steps.to_string().ends_with("1 passed, 0 failed"));
        assert_eq!(steps.finish(), ExitCode::SUCCESS);
    }
}
