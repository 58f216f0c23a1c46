//! Fuzzing in the tests: inputs are made from seeds by structured mutation, always the same for the same seed and number,
//! and each must end within a second. Longer runs: `KIEM_FUZZ_SECONDS=600`; one input again: `KIEM_FUZZ_SEED=n KIEM_FUZZ_AT=n`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// How long one seed of one target runs when nothing else is said.
const SECONDS: u64 = 2;
/// Longest time for one input.
const INPUT_MAX: Duration = Duration::from_secs(1);
/// Most memory that a target's process may have used, megabytes.
const MEGABYTES_MAX: u64 = 512;
/// The seed that every run tries, so that a run on another day can be compared.
const FIXED_SEED: u64 = 0x6b69_656d;

/// Small random numbers (splitmix64).
pub struct Dice(u64);

impl Dice {
    fn new(seed: u64, n: u64) -> Dice {
        let mut dice = Dice(seed ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Tries a target on made inputs, with the fixed seed and with today's.
pub fn run(name: &str, make: impl Fn(&mut Dice) -> Vec<u8>, mut target: impl FnMut(&[u8])) {
    let today = kiem::engine::Clock::System.now().as_second().unsigned_abs() / 86_400;
    let seeds = variable("KIEM_FUZZ_SEED").map_or(vec![FIXED_SEED, today], |seed| vec![seed]);
    let seconds = variable("KIEM_FUZZ_SECONDS").unwrap_or(SECONDS);
    for seed in seeds {
        let (began, mut n) = (Instant::now(), variable("KIEM_FUZZ_AT").unwrap_or(0));
        while began.elapsed() < Duration::from_secs(seconds) {
            try_one(name, seed, n, &make, &mut target);
            n += 1;
            if variable("KIEM_FUZZ_AT").is_some() {
                break;
            }
        }
        println!("{name}: {n} inputs from seed {seed}");
    }
    let peak = megabytes();
    assert!(peak < MEGABYTES_MAX, "{name}: {peak} MB were used at most");
}

#[expect(clippy::disallowed_methods, reason = "a person says by the environment how long and what to try")]
fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn try_one(
    name: &str,
    seed: u64,
    n: u64,
    make: &impl Fn(&mut Dice) -> Vec<u8>,
    target: &mut impl FnMut(&[u8]),
) {
    let input = make(&mut Dice::new(seed, n));
    let began = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| target(&input)));
    let took = began.elapsed();
    if ended.is_ok() && took < INPUT_MAX {
        return;
    }
    let file = std::env::temp_dir().join(format!("kiem-fuzz-{name}-{seed}-{n}"));
    std::fs::write(&file, &input).expect("the temporary folder is writable");
    panic!(
        "{name}: input {n} of seed {seed} {} after {took:?}; it is in {}; again with KIEM_FUZZ_SEED={seed} KIEM_FUZZ_AT={n}",
        if ended.is_err() { "panicked" } else { "ended late," },
        file.display()
    );
}

/// The most memory that this process ever had; each test is a process of its own.
fn megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Processor time of this process so far: what others do on the machine is not ours to answer for.
pub fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets come the state and the numbers; user and system time are the 12th and 13th of them, in
    // hundredths of a second (proc(5)).
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    Duration::from_millis(fields.filter_map(|n| n.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// Changes bytes the way files break: cut, doubled, swapped, filled up, mixed with others and with `tokens` of the format.
pub fn mutated(dice: &mut Dice, seeds: &[Vec<u8>], tokens: &[&[u8]]) -> Vec<u8> {
    let mut out = dice.pick(seeds).clone();
    for _ in 0..dice.below(8) {
        let (a, b) = (dice.below(out.len() + 1), dice.below(out.len() + 1));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 4_096));
        match dice.below(9) {
            0 => out.truncate(from),
            1 => drop(out.drain(from..to)),
            2 => {
                let piece = out[from..to].to_vec();
                let times = 1 + dice.below(20);
                out.splice(to..to, piece.repeat(times));
            }
            3 => {
                let other = dice.pick(seeds);
                let (start, n) = (dice.below(other.len() + 1), dice.below(2_000));
                out.splice(from..from, other[start..other.len().min(start + n)].to_vec());
            }
            4 => {
                let token = dice.pick(tokens);
                let times = if dice.below(10) == 0 { dice.below(3_000) } else { 1 + dice.below(3) };
                out.splice(from..from, token.repeat(times));
            }
            5 => {
                let token = dice.pick(tokens).to_vec();
                out.splice(from..to, token);
            }
            6 => out[from..to].reverse(),
            7 => {
                let byte = dice.below(256) as u8;
                out.splice(from..from, std::iter::repeat_n(byte, dice.below(300)));
            }
            _ => {
                if let Some(byte) = out.get_mut(from) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
        // What grows by mixing grows out of every limit; the limits have tests of their own.
        out.truncate(256 * 1024);
    }
    out
}
