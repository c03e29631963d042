//! The module that needs no service. Only numbers cross its boundary; a text
//! stands in the buffer of [`memory`], into which JavaScript writes and from which
//! it reads, and its length crosses. So an answer makes no object on either side,
//! and the glue of wasm-bindgen is not needed at all.
//!
//! Nothing here calls JavaScript, so no export is entered while another runs.
//! A text that may be a key is wiped from the buffer before an export returns,
//! unless it says otherwise.

mod formats;
mod keys;
mod memory;
mod rules;
mod secrets;

/// Without the standard library somebody has to say what a panic does: it traps,
/// and the facade starts another instance. The lints deny what panics, so there
/// is no message worth its kilobytes.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
