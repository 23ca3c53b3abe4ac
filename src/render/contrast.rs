//! Colours that can be read on the terminal's background: at least 4.5 to 1, as the rules for
//! accessible pages want it. What the background is, `look` finds out.

use anstyle::{Ansi256Color, AnsiColor, Color, RgbColor};

/// What is known of a terminal's background.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Background {
    /// Nothing: colours must be readable on white and on black.
    #[default]
    Unknown,
    /// Nearly black.
    Dark,
    /// Nearly white.
    Light,
}

/// The least ratio between the luminances of text and background.
const LEAST: f64 = 4.5;

/// A colour must be as light as this on black.
const ON_BLACK: f64 = LEAST * 0.05 - 0.05;

/// A colour must be no lighter than this on white.
const ON_WHITE: f64 = 1.05 / LEAST - 0.05;

/// Backgrounds as dark as this are taken for black; Solarized's is at 0.02.
const MOST_DARK: f64 = 0.1;

/// And those as light as this for white; Solarized's is at 0.92.
const LEAST_LIGHT: f64 = 0.6;

impl Background {
    /// What text must be readable on where this is behind it: a grey in between is neither.
    pub(super) fn of_color(color: RgbColor) -> Background {
        match luminance(color) {
            dark if dark <= MOST_DARK => Background::Dark,
            light if light >= LEAST_LIGHT => Background::Light,
            _ => Background::Unknown,
        }
    }

    /// The luminances that can be read on it.
    fn range(self) -> (f64, f64) {
        match self {
            Background::Unknown => (ON_BLACK, ON_WHITE),
            Background::Dark => (ON_BLACK, 1.0),
            Background::Light => (0.0, ON_WHITE),
        }
    }

    /// `color`, made lighter or darker as far as it must be.
    pub(super) fn readable(self, color: RgbColor) -> RgbColor {
        let (least, most) = self.range();
        let own = luminance(color);
        let (goal, end) = match own {
            own if own < least => (least, RgbColor(255, 255, 255)),
            own if own > most => (most, RgbColor(0, 0, 0)),
            _ => return color,
        };
        // The smallest share of white or black that is enough.
        let is_enough = |mixed: f64| if end.0 == 0 { mixed <= goal } else { mixed >= goal };
        let shares = (1..=1000).map(|share| mix(color, end, f64::from(share) / 1000.0));
        shares.into_iter().find(|mixed| is_enough(luminance(*mixed))).unwrap_or(end)
    }

    /// The one of the 256 colours that is nearest to a colour with a name and can be read; where the
    /// background isn't known, the colour as the terminal has it.
    pub(crate) fn shade(self, color: AnsiColor) -> Color {
        match self {
            Background::Unknown => color.into(),
            _ => Ansi256Color(self.readable_of_256(of_named(color))).into(),
        }
    }

    /// The one of the 256 colours that is nearest to `color` and can be read.
    pub(super) fn readable_of_256(self, color: RgbColor) -> u8 {
        let (least, most) = self.range();
        let is_readable = |at: &u8| (least..=most).contains(&luminance(of_256(*at)));
        let distance = |at: &u8| {
            let RgbColor(r, g, b) = of_256(*at);
            let square = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
            square(r, color.0) + square(g, color.1) + square(b, color.2)
        };
        // Whether one can be read takes longer to tell than whether it is nearer.
        let nearer = |best: Option<(u32, u8)>, at: u8| {
            let far = distance(&at);
            let is_nearer = best.is_none_or(|(least, _)| far < least) && is_readable(&at);
            if is_nearer { Some((far, at)) } else { best }
        };
        (16..=255).fold(None, nearer).map_or(243, |(_, at)| at)
    }
}

/// What xterm shows for the first eight colours.
fn of_named(color: AnsiColor) -> RgbColor {
    match color {
        AnsiColor::Red => RgbColor(205, 0, 0),
        AnsiColor::Green => RgbColor(0, 205, 0),
        AnsiColor::Yellow => RgbColor(205, 205, 0),
        AnsiColor::Blue => RgbColor(0, 0, 238),
        AnsiColor::Magenta => RgbColor(205, 0, 205),
        AnsiColor::Cyan => RgbColor(0, 205, 205),
        AnsiColor::Black => RgbColor(0, 0, 0),
        _ => RgbColor(229, 229, 229),
    }
}

/// Relative luminance, from 0 (black) to 1 (white).
fn luminance(RgbColor(r, g, b): RgbColor) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn mix(from: RgbColor, to: RgbColor, share: f64) -> RgbColor {
    let part = |from: u8, to: u8| {
        let mixed = f64::from(from) * (1.0 - share) + f64::from(to) * share;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let rounded = mixed.round() as u8;
        rounded
    };
    RgbColor(part(from.0, to.0), part(from.1, to.1), part(from.2, to.2))
}

/// Number `at` of the 256 colours, from 16 on: a cube of six levels, then greys.
pub(crate) fn of_256(at: u8) -> RgbColor {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    if at >= 232 {
        let grey = 8 + 10 * (at - 232);
        return RgbColor(grey, grey, grey);
    }
    let at = usize::from(at.saturating_sub(16));
    RgbColor(LEVELS[at / 36], LEVELS[at / 6 % 6], LEVELS[at % 6])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ratio between a colour and a background, given by their luminances.
    fn contrast(color: RgbColor, background: f64) -> f64 {
        let own = luminance(color);
        (own.max(background) + 0.05) / (own.min(background) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read_on_the_backgrounds_that_may_be_there() {
        let levels = [0, 1, 60, 101, 115, 128, 200, 254, 255];
        for (background, grounds) in [
            (Background::Unknown, &[0.0, 1.0][..]),
            (Background::Dark, &[0.0]),
            (Background::Light, &[1.0]),
        ] {
            for r in levels {
                for color in levels.iter().flat_map(|g| levels.map(|b| RgbColor(r, *g, b))) {
                    for drawn in
                        [background.readable(color), of_256(background.readable_of_256(color))]
                    {
                        for ground in grounds {
                            let ratio = contrast(drawn, *ground);
                            let least = LEAST - 0.005;
                            assert!(ratio >= least, "{color:?} {drawn:?} {background:?} {ratio}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_can_be_read_stays() {
        let color = RgbColor(200, 210, 90);
        assert_eq!(Background::Dark.readable(color), color);
        assert_ne!(Background::Light.readable(color), color);
    }

    /// Each on its background, and none taken for another.
    #[test]
    fn colours_with_names_are_readable_and_differ() {
        use AnsiColor::{Blue, Green, Magenta, Red, Yellow};
        for (background, ground) in [(Background::Dark, 0.0), (Background::Light, 1.0)] {
            let mut drawn = Vec::new();
            for name in [Magenta, Blue, Green, Yellow, Red] {
                let Color::Ansi256(number) = background.shade(name) else {
                    panic!("{name:?} is not one of the 256")
                };
                let ratio = contrast(of_256(number.0), ground);
                assert!(
                    ratio >= LEAST - 0.005,
                    "{name:?} is {number:?} on {background:?}: {ratio}"
                );
                assert!(!drawn.contains(&number), "{name:?} is {number:?} on {background:?}, too");
                drawn.push(number);
            }
        }
    }
}
