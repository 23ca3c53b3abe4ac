//! Whether standard output was closed when kgrep was started (`kgrep … >&-`).
//!
//! Rust opens `/dev/null` in place of a closed stream before `main`, so that all that is
//! printed would vanish with exit status 0. So this is looked at before that, as the
//! program is loaded.

use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// True when kgrep was started without standard output.
pub(crate) fn stdout_was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Runs before Rust's own start, so it may use nothing but a system call.
extern "C" fn look() {
    let open = rustix::io::fcntl_getfd(rustix::stdio::stdout());
    CLOSED.store(open == Err(rustix::io::Errno::BADF), Ordering::Relaxed);
}

#[allow(unsafe_code, reason = "what runs before main has to be named to the linker")]
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;
