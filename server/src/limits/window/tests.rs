use proptest::prelude::*;

use super::*;

/// A minute.
const LENGTH: i64 = 60_000;

/// What the formula says, from a list of all uses and in fractions.
fn formula(uses: &[(i64, i64)], now: i64, length: i64) -> f64 {
    let start = now.div_euclid(length) * length;
    let sum = |from: i64, to: i64| -> i64 {
        uses.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, units)| units).sum()
    };
    let rest = (length - (now - start)) as f64 / length as f64;
    sum(start - length, start) as f64 * rest + sum(start, start + length) as f64
}

#[test]
fn the_window_before_counts_for_what_is_left_of_it() {
    let mut window = Window::new(LENGTH, 0);
    window.add(80);
    assert_eq!((window.estimate(0), window.estimate(59_999)), (80, 80));
    window.advance(LENGTH);
    window.add(30);
    for (second, estimate) in [(60, 110), (75, 90), (105, 50), (119, 32)] {
        assert_eq!(window.estimate(second * 1000), estimate, "{second}");
    }
    window.advance(2 * LENGTH);
    assert_eq!(window.estimate(2 * LENGTH), 30);
    window.advance(4 * LENGTH);
    assert_eq!(window.estimate(4 * LENGTH), 0);
}

#[test]
fn it_says_when_there_is_room() {
    let mut window = Window::new(LENGTH, 0);
    window.add(100);
    assert_eq!(window.room_in(1, 100, 30_000), Some(30_600), "one in a hundred of the next window");
    assert_eq!(window.room_in(100, 100, 30_000), Some(90_000), "all is over after the next window");
    assert_eq!(window.room_in(101, 100, 30_000), None);
    assert_eq!(window.room_in(10, 110, 30_000), Some(0));
}

#[test]
fn what_others_have_counted_counts_here() {
    let mut window = Window::new(LENGTH, 0);
    window.add(5);
    let told = window.pending().unwrap();
    assert_eq!(told, Counts { start: 0, current: 5, previous: 0 });
    // Counted while it is being told.
    window.add(2);
    window.was_told(told, Counts { start: 0, current: 25, previous: 0 });
    assert_eq!(window.estimate(0), 27);
    assert_eq!(window.pending(), Some(Counts { start: 0, current: 2, previous: 0 }));
}

#[test]
fn what_is_told_of_a_window_that_is_over_meanwhile_counts_for_the_one_before() {
    let mut window = Window::new(LENGTH, 0);
    window.add(5);
    let told = window.pending().unwrap();
    window.advance(LENGTH);
    window.add(1);
    window.was_told(told, Counts { start: 0, current: 25, previous: 9 });
    assert_eq!(window.estimate(LENGTH), 26);
    assert_eq!(window.pending(), Some(Counts { start: LENGTH, current: 1, previous: 0 }));
    // The clock of somebody else is ahead.
    window.learn(Counts { start: 2 * LENGTH, current: 7, previous: 3 });
    assert_eq!(window.estimate(LENGTH), 25 + 3 + 1);
    window.learn(Counts { start: 9 * LENGTH, current: 7, previous: 3 });
    assert_eq!(window.estimate(LENGTH), 25 + 3 + 1);
}

#[test]
fn no_number_is_too_large() {
    let mut window = Window::new(86_400_000, 0);
    window.add(i64::MAX);
    window.add(i64::MAX);
    window.learn(Counts { start: 0, current: i64::MAX, previous: i64::MAX });
    assert_eq!(window.room(i64::MAX, 0), 0);
    assert_eq!(window.room_in(1, 2, 0), Some(2 * 86_400_000));
}

proptest! {
    /// However requests come: what is allowed stays within the formula, and what is
    /// refused would not have.
    #[test]
    fn it_allows_what_the_formula_allows(
        limit in 1_i64..50,
        length in 1_i64..20_000,
        requests in prop::collection::vec((0_i64..8_000, 1_i64..20), 1..200),
    ) {
        let mut window = Window::new(length, 0);
        let (mut now, mut uses) = (0, Vec::new());
        for (pause, units) in requests {
            now += pause;
            window.advance(now);
            let before = formula(&uses, now, length);
            if window.room(limit, now) >= units {
                window.add(units);
                uses.push((now, units));
                prop_assert!(before + units as f64 <= limit as f64 + 1e-6);
            } else {
                prop_assert!(before + units as f64 > limit as f64 - 1e-6);
            }
        }
    }

    /// Without a use, what counts only falls; with one, it grows by that.
    #[test]
    fn it_is_monotone(
        length in 1_i64..20_000,
        counted in (0_i64..1000, 0_i64..1000),
        times in (0_i64..60_000, 0_i64..60_000),
        units in 0_i64..1000,
    ) {
        let mut window = window_of(Counts { start: 0, current: counted.0, previous: counted.1 }, length, 0);
        let (earlier, later) = (times.0.min(times.1), times.0.max(times.1));
        window.advance(earlier);
        let first = window.estimate(earlier);
        window.add(units);
        prop_assert_eq!(window.estimate(earlier), first + units);
        window.advance(later);
        prop_assert!(window.estimate(later) <= first + units);
    }

    /// A clock that jumps back gives nobody room that was not there before.
    #[test]
    fn a_clock_that_jumps_back_is_harmless(
        limit in 1_i64..50,
        steps in prop::collection::vec((-200_000_i64..200_000, 1_i64..20), 1..200),
    ) {
        let mut window = Window::new(LENGTH, 0);
        let (mut now, mut latest) = (0_i64, 0_i64);
        let mut allowed = std::collections::HashMap::new();
        for (step, units) in steps {
            now += step;
            let before = window.room(limit, latest);
            window.advance(now);
            if now <= latest {
                prop_assert!(window.room(limit, now) <= before, "the past has no more room than the present");
            }
            latest = latest.max(now);
            if window.room(limit, now) >= units {
                window.add(units);
                *allowed.entry(latest / LENGTH).or_insert(0) += units;
            }
        }
        prop_assert!(allowed.values().all(|sum| *sum <= limit), "{:?}", allowed);
    }

    /// After as long as it says there is room, and a moment before there is none.
    #[test]
    fn room_comes_when_it_says(
        length in 1_i64..20_000,
        counted in (0_i64..100, 0_i64..100),
        elapsed in 0_i64..20_000,
        limit in 1_i64..100,
        units in 1_i64..100,
    ) {
        let now = elapsed % length;
        let window = window_of(Counts { start: 0, current: counted.0, previous: counted.1 }, length, now);
        let room_after = |time: i64| {
            let mut later = window.clone();
            later.advance(now + time);
            later.room(limit, now + time)
        };
        match window.room_in(units, limit, now) {
            None => prop_assert!(units > limit),
            Some(time) => {
                prop_assert!(room_after(time) >= units);
                prop_assert!(time == 0 || room_after(time - 1) < units);
            }
        }
    }

    /// Three processes that tell each other now and then know, once all is told,
    /// what one process would know that has counted everything.
    #[test]
    fn what_is_told_in_any_order_adds_up(
        steps in prop::collection::vec((0_usize..3, 0_i64..30_000, 1_i64..20, any::<bool>()), 1..100),
    ) {
        let mut all = Window::new(LENGTH, 0);
        let mut row = Window::new(LENGTH, 0);
        let mut processes: Vec<_> = (0..3).map(|_| Window::new(LENGTH, 0)).collect();
        let mut now = 0;
        for (index, pause, units, tells) in steps {
            now += pause;
            all.advance(now);
            all.add(units);
            processes[index].advance(now);
            processes[index].add(units);
            if tells {
                tell(&mut processes[index], &mut row);
            }
            prop_assert!(processes[index].estimate(now) <= all.estimate(now), "nothing is counted twice");
        }
        for _ in 0..2 {
            for process in &mut processes {
                // As in a row of the database, whose windows only what is told moves on.
                process.advance(now);
                process.add(0);
                tell(process, &mut row);
                row.advance(now);
                process.learn(counts(&row));
            }
        }
        for process in &processes {
            prop_assert!(process.pending().is_none());
            prop_assert_eq!(process.estimate(now), all.estimate(now));
        }
    }
}

fn counts(row: &Window) -> Counts {
    Counts { start: row.start, current: row.current.sum(), previous: row.previous.sum() }
}

fn tell(process: &mut Window, row: &mut Window) {
    if let Some(told) = process.pending() {
        row.advance(told.start);
        let (current, previous) = row.aligned(told);
        row.current.known += current;
        row.previous.known += previous;
        process.was_told(told, counts(row));
    }
}

/// What counts say at this moment, when nothing else is known.
fn window_of(counts: Counts, length: i64, now: i64) -> Window {
    let mut window = Window::new(length, counts.start);
    window.learn(counts);
    window.advance(now);
    window
}
