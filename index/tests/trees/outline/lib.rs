// SPDX-License-Identifier: MIT
fn first<'a>(x: &'a str) -> char {
    let open = '{';
    if x.is_empty() { open } else { 'b' }
}

impl Widget {
    pub(crate) fn second(&self) -> u32 {
        self.count
    }
}
