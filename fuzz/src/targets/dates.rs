//! Moments as services write them: what is read is what jiff reads, too.

use jiff::Timestamp;
use keylatch::lifecycle::Time;

/// A text that may be a moment.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let read = Time::parse(text);
    if let Some(number) = text.parse().ok().and_then(Time::from_millis) {
        assert!(number.millis().abs() <= 8_640_000_000_000_000);
        written(number);
    }
    if let Some(time) = read {
        written(time);
    }
    // Of leap seconds, jiff knows nothing; and it takes an offset of 24 hours.
    let hours = text.get(text.len().saturating_sub(5)..text.len().saturating_sub(3));
    if !is_rfc3339(text) || text.get(17..19) == Some("60") || hours >= Some("24") {
        assert!(read.is_none() || is_rfc3339(text), "{text}");
        return;
    }
    let other = text.parse::<Timestamp>().ok();
    // A jiff that rounds a fraction would do so at its ninth digit.
    let other = other.map(|other| other.as_nanosecond().div_euclid(1_000_000) as i64);
    match (read.map(Time::millis), other) {
        (Some(read), Some(other)) => assert!((read - other).abs() <= i64::from(text.len() > 30), "{text}"),
        // It has no fraction of more than nine digits, and no year 0 before UTC.
        (Some(_), None) => {
            assert!(text.len() > 29 || text.starts_with("0000") || text.starts_with("9999"), "{text}")
        }
        (None, Some(_)) => panic!("{text} is a moment"),
        (None, None) => {}
    }
}

fn written(time: Time) {
    if let Some(text) = time.to_rfc3339() {
        assert_eq!(Time::parse(&text), Some(time), "{text}");
    }
}

/// Whether it has the form of RFC 3339, section 5.6, whatever the numbers are.
fn is_rfc3339(text: &str) -> bool {
    let fits = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' '),
                b'+' => matches!(byte, b'+' | b'-'),
                form => byte == form,
            })
    };
    let Some((start, mut rest)) = text.split_at_checked(19) else { return false };
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return false;
        }
        rest = &fraction[digits..];
    }
    fits(start, "0000-00-00T00:00:00") && (rest == "Z" || rest == "z" || fits(rest, "+00:00"))
}
