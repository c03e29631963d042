//! New inputs out of a corpus, the same in every run with the same seed.

/// Numbers by SplitMix64 (Steele, Lea and Flood 2014).
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Numbers(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to this one.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// What parsers have trouble with, whatever they read.
const TROUBLE: [&[u8]; 26] = [
    b"",
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b"\"",
    b"'",
    b"`",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"=",
    b"#",
    b"-",
    b"\xEF\xBB\xBF",
    b"\xC3\xA9",
    b"\xF0\x9F\x94\x91",
    b"\xFF",
    b"\xED\xA0\x80",
    b"99999999999999999999",
    b"\\ud800",
];

/// Makes inputs.
pub struct Mutator {
    corpus: Vec<Vec<u8>>,
    /// The words of the corpus: runs of letters and digits, and single signs.
    words: Vec<Vec<u8>>,
    numbers: Numbers,
}

impl Mutator {
    pub fn new(corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        let mut words: Vec<Vec<u8>> = TROUBLE.iter().map(|word| word.to_vec()).collect();
        for seed in &corpus {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
            words.extend(seed.chunk_by(|a, b| is_part(*a) && is_part(*b)).map(<[u8]>::to_vec));
        }
        words.sort();
        words.dedup();
        Mutator { corpus, words, numbers: Numbers::new(seed) }
    }

    /// The next input: one of the corpus after one change or several.
    pub fn input(&mut self) -> Vec<u8> {
        let numbers = &mut self.numbers;
        let mut input = numbers.one_of(&self.corpus).clone();
        for _ in 0..=numbers.below(5) {
            let at = numbers.below(input.len() + 1);
            let end = (at + numbers.below(12)).min(input.len());
            match numbers.below(8) {
                0 if at < input.len() => input[at] ^= 1 << numbers.below(8),
                1 if at < input.len() => input[at] = numbers.below(256) as u8,
                2 => drop(input.drain(at..end)),
                3 => {
                    let piece = input[at..end].to_vec();
                    input.splice(at..at, piece);
                }
                4 => {
                    // The beginning of this one and the end of another.
                    let other = numbers.one_of(&self.corpus);
                    let from = numbers.below(other.len() + 1);
                    input.truncate(at);
                    input.extend_from_slice(&other[from..]);
                }
                5 => {
                    let word = numbers.one_of(&self.words).clone();
                    let times = if numbers.below(20) == 0 { numbers.below(200) } else { 1 };
                    input.splice(at..at, word.repeat(times));
                }
                // In place of what stands there.
                _ => {
                    let word = numbers.one_of(&self.words).clone();
                    input.splice(at..end, word);
                }
            }
        }
        input.truncate(16_384);
        input
    }
}
