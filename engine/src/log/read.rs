//! How logs are read: with the graph, and with the messages of the tree, which are made ready
//! while the first lines are followed.

use std::cell::{OnceCell, RefCell};
use std::thread::ScopedJoinHandle;

use kgrep_index::graph::Graph;

use super::debug::Debug;
use super::message::{LogWords, Messages, Said};
use super::{Candidate, LineContext, LogArch, MessageSource, NoMessages, Tools};
use crate::code::Code;

/// What is known of the logs before they are read.
pub struct Reading<'r> {
    /// The architecture that counts.
    pub arch: LogArch,
    /// The kernel's debug information, if it is at hand.
    pub debug: Option<&'r Debug>,
    /// Whether lines are looked for among the messages that the tree can print.
    pub messages: bool,
    /// The words of all logs, where they are known: no other message counts.
    pub words: Option<&'r LogWords>,
}

impl Reading<'_> {
    /// Calls `work` with what each [`Follower`](super::Follower) of a log needs.
    pub fn with<'a, R>(
        &self,
        code: &Code,
        graph: &Graph<'a>,
        work: impl for<'g> FnOnce(Tools<'g, 'a>) -> R,
    ) -> R {
        let read = |path: &[u8]| code.bytes(path).ok();
        let Reading { arch, debug, words, .. } = *self;
        if !self.messages {
            return work(Tools { graph, arch, read: &read, messages: &NoMessages, debug });
        }
        // While messages are made ready on another thread, frames are looked up on this one.
        let said = Said::by(graph);
        std::thread::scope(|scope| {
            let making = scope.spawn(|| Messages::of_log(&said, &read, words));
            let soon = Soon::of(making);
            work(Tools { graph, arch, read: &read, messages: &soon, debug })
        })
    }
}

/// Messages that are being made.
struct Soon<'s> {
    making: RefCell<Option<ScopedJoinHandle<'s, Messages>>>,
    made: OnceCell<Messages>,
}

impl<'s> Soon<'s> {
    fn of(making: ScopedJoinHandle<'s, Messages>) -> Soon<'s> {
        Soon { making: RefCell::new(Some(making)), made: OnceCell::new() }
    }

    fn messages(&self) -> &Messages {
        self.made.get_or_init(|| {
            let making = self.making.borrow_mut().take().expect("they are made once");
            // What went wrong there goes wrong here.
            making.join().unwrap_or_else(|why| std::panic::resume_unwind(why))
        })
    }
}

impl MessageSource for Soon<'_> {
    fn printed(&self, text: &[u8], context: &LineContext<'_>) -> Vec<Candidate> {
        self.messages().printed(text, context)
    }

    fn expect(&self, texts: &[&[u8]]) {
        self.messages().expect(texts);
    }
}
