//! A figure as an SVG document that needs no other file.

use super::{Anchor, Figure, Mark};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

impl Figure {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        self.svg_with(None)
    }

    /// The same, with the program that made it as the drawing's description.
    pub fn svg_by(&self, made_by: &str) -> String {
        self.svg_with(Some(made_by))
    }

    fn svg_with(&self, made_by: Option<&str>) -> String {
        let (width, height) = (self.width, self.height);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"Ubuntu, 'Segoe UI', Helvetica, Arial, sans-serif\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        );
        if let Some(made_by) = made_by {
            let _ = writeln!(out, "<desc>{}</desc>", escaped(made_by));
        }
        for mark in &self.marks {
            // Writing to a String cannot fail.
            let _ = write(&mut out, mark);
        }
        out.push_str("</svg>\n");
        out
    }
}

fn write(out: &mut String, mark: &Mark) -> std::fmt::Result {
    match mark {
        Mark::Lines { lines, colour, width } => {
            write!(
                out,
                "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" d=\""
            )?;
            for line in lines {
                for (at, (x, y)) in line.iter().enumerate() {
                    write!(
                        out,
                        "{}{} {}",
                        if at == 0 { 'M' } else { 'L' },
                        short(*x),
                        short(*y)
                    )?;
                }
            }
            writeln!(out, "\"/>")
        }
        Mark::Rect {
            at: [x, y, w, h],
            colour,
        } => writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{colour}\"/>",
            short(*x),
            short(*y),
            short(*w),
            short(*h)
        ),
        Mark::Dot {
            at: (x, y),
            radius,
            colour,
        } => writeln!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{colour}\"/>",
            short(*x),
            short(*y),
            short(*radius)
        ),
        Mark::Text {
            at: (x, y),
            anchor,
            size,
            colour,
            upright,
            text,
        } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let (x, y) = (short(*x), short(*y));
            let turn = match upright {
                true => format!(" transform=\"rotate(-90 {x} {y})\""),
                false => String::new(),
            };
            writeln!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{colour}\" text-anchor=\"{anchor}\"{turn}>{}</text>",
                escaped(text)
            )
        }
        Mark::Image {
            at: [x, y, w, h],
            png,
        } => writeln!(
            out,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             image-rendering=\"pixelated\" href=\"data:image/png;base64,{}\"/>",
            short(*x),
            short(*y),
            short(*w),
            short(*h),
            STANDARD.encode(png)
        ),
    }
}

/// A coordinate to a hundredth of a pixel, without needless zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "" | "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// A text as XML takes it; what XML cannot hold at all is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short_and_texts_escaped() {
        assert_eq!(
            [1.0, 0.5, -0.001, 100.0, 2.126].map(short),
            ["1", "0.5", "0", "100", "2.13"]
        );
        assert_eq!(escaped("a<b & \"c\"\u{1}"), "a&lt;b &amp; &quot;c&quot;");
    }
}
