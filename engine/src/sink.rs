//! Who hears an answer while it is found. What a search or a comparison finds need not fit into
//! memory, and the caller may have seen enough long before its end.

use std::ops::ControlFlow;

/// Takes the parts of an answer one after another, in its order.
pub trait Sink<T> {
    /// Takes a part; `Break` says that there is no need to go on.
    fn take(&mut self, part: T) -> ControlFlow<()>;
}

impl<T, F: FnMut(T) -> ControlFlow<()>> Sink<T> for F {
    fn take(&mut self, part: T) -> ControlFlow<()> {
        self(part)
    }
}
