//! Tests of the crate as a whole.

mod basic;
mod vectors;
mod ways;

use std::string::String;
use std::vec::Vec;

use keylatch_format::alphabet::Alphabets;
use keylatch_format::services::kinds;
use keylatch_format::shape::Shape;

use crate::anchor::{Anchor, Begins, WIDTH, anchors};

/// A key of each shape that is searched for, with the anchors that stand in it and their places.
pub(crate) fn anchored() -> Vec<(String, Vec<(usize, Anchor)>)> {
    let mut alphabets = Alphabets::default();
    let mut all = Vec::new();
    for text in kinds().filter(|kind| !kind.needs_context).flat_map(|kind| kind.shapes) {
        let shape = Shape::parse(text, &mut alphabets).unwrap();
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let key = shape.example(&alphabets, &mut random);
        let anchors = anchors(&shape, &alphabets).into_iter().map(|anchor| match anchor.begins {
            Begins::Before(distance) => (distance, anchor),
            Begins::BeforeRun { distance, min, .. } => (min + distance, anchor),
        });
        let stands = |(place, anchor): &(usize, Anchor)| {
            let here = key.as_bytes().get(*place..place + WIDTH).unwrap_or_default();
            here.len() == WIDTH && here.iter().zip(&anchor.bytes).all(|(byte, set)| set.has(*byte))
        };
        all.push((key.clone(), anchors.filter(stands).collect()));
    }
    all
}
