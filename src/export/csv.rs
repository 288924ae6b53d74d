//! Groups as CSV (RFC 4180).

use super::error::ExportError;
use super::error::{same_length, width_of};
use super::facts::FactColumn;
use std::borrow::Cow;
use std::fmt::Write as _;

/// One galaxy a line: `id,file,group,(facts),f0,...,f63`, lines ending in CRLF as RFC 4180 asks.
///
/// `files` are names for display, `groups` the numbers as people see them (1, 2, ..., see
/// [`Groups::numbers`](crate::grouping::Groups::numbers)), `codes` is `[N * width]` (it may be empty: no code columns).
/// No comment lines, since many readers choke on them; [`methods_text`](super::methods_text) is for a file beside it.
///
/// # Errors
/// [`ExportError::Length`] when the columns do not fit together.
/// # Examples
/// ```
/// use galaxy_grove::export::groups_csv;
///
/// let table = groups_csv(&[17, 4], &["a.fits", "b.fits"], &[1, 2], &[], &[])?;
/// assert_eq!(table, "id,file,group\r\n17,a.fits,1\r\n4,b.fits,2\r\n");
/// # Ok::<(), galaxy_grove::export::ExportError>(())
/// ```
pub fn groups_csv<S: AsRef<str>>(
    ids: &[i64],
    files: &[S],
    groups: &[usize],
    codes: &[u8],
    facts: &[FactColumn],
) -> Result<String, ExportError> {
    same_length("file names", files.len(), ids.len())?;
    same_length("group numbers", groups.len(), ids.len())?;
    let width = width_of(codes.len(), ids.len())?;
    let mut out = String::with_capacity(ids.len() * (48 + 3 * width) + 8 * width);
    for column in facts {
        same_length("facts", column.values.len(), ids.len())?;
    }
    out.push_str("id,file,group");
    for column in facts {
        out.push(',');
        out.push_str(&csv_field(&column.name));
    }
    for position in 0..width {
        let _ = write!(out, ",f{position}");
    }
    out.push_str("\r\n");
    for (row, ((id, file), group)) in ids.iter().zip(files).zip(groups).enumerate() {
        let _ = write!(out, "{id},{},{group}", csv_field(file.as_ref()));
        for value in facts.iter().filter_map(|column| column.values.get(row)) {
            out.push(',');
            out.push_str(&csv_field(value));
        }
        for code in codes.iter().skip(row * width).take(width) {
            let _ = write!(out, ",{code}");
        }
        out.push_str("\r\n");
    }
    Ok(out)
}

/// A text as one CSV field: in double quotes, with quotes doubled, when it holds a comma, a quote or a line break, or
/// when it starts or ends with a blank (which some readers would drop).
///
/// Spreadsheets run what begins with `=`, `+`, `-`, `@`, a tab or a line break as a formula. Such a text gets an apostrophe in
/// front, which they do not show, and which the readers of tables here take off again; plain numbers stay as they are.
pub fn csv_field(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text.parse::<f64>().is_err();
    let text: Cow<'_, str> = if is_formula {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    };
    let outer_blank = text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
    if outer_blank || text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reader of RFC 4180, one character at a time.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (quoted, c) {
                (true, '"') if chars.peek() == Some(&'"') => field.extend(chars.next()),
                (_, '"') => quoted = !quoted,
                (false, ',') => row.push(std::mem::take(&mut field)),
                (false, '\r') if chars.peek() == Some(&'\n') => {
                    chars.next();
                    row.push(std::mem::take(&mut field));
                    rows.push(std::mem::take(&mut row));
                }
                _ => field.push(c),
            }
        }
        rows
    }

    #[test]
    fn fields_are_quoted_when_they_must_be() {
        assert_eq!(csv_field("plain"), "plain");
        assert_eq!(csv_field("a,b \"c\""), "\"a,b \"\"c\"\"\"");
        // A formula is none any more; numbers are numbers.
        assert_eq!(csv_field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_field("@a"), "'@a");
        assert_eq!(
            (csv_field("-1.5e3"), csv_field("+2")),
            ("-1.5e3".into(), "+2".into())
        );
        assert_eq!(csv_field("-J1234"), "'-J1234");
    }

    proptest! {
        #[test]
        fn any_names_come_back(names in prop::collection::vec("[ -~\"',\r\n\té]{0,12}", 1..8), width in 1_usize..5) {
            let n = names.len();
            let ids: Vec<i64> = (0..n as i64).map(|i| i64::MAX - i).collect();
            let groups: Vec<usize> = (1..=n).collect();
            let codes: Vec<u8> = (0..n * width).map(|i| i as u8).collect();
            let rows = parse(&groups_csv(&ids, &names, &groups, &codes, &[]).unwrap());
            prop_assert_eq!(rows.len(), n + 1);
            for (i, row) in rows[1..].iter().enumerate() {
                prop_assert_eq!(row.len(), 3 + width);
                prop_assert_eq!(&row[0], &ids[i].to_string());
                let bare = row[1].strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
                let bare = bare.filter(|_| names[i] != row[1]).unwrap_or(&row[1]);
                prop_assert_eq!(bare, &names[i]);
                prop_assert!(names[i].parse::<f64>().is_ok() || !row[1].starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
                prop_assert_eq!(&row[2], &groups[i].to_string());
                prop_assert_eq!(&row[3], &codes[i * width].to_string());
            }
        }
    }

    #[test]
    fn the_text_to_the_letter() {
        let text = groups_csv(
            &[587722952230502863, -1],
            &["a.fits", "b, \"c\".png"],
            &[2, 1],
            &[3, 15, 0, 7],
            &[],
        )
        .unwrap();
        assert_eq!(
            text,
            "id,file,group,f0,f1\r\n587722952230502863,a.fits,2,3,15\r\n-1,\"b, \"\"c\"\".png\",1,0,7\r\n"
        );
        assert!(
            groups_csv::<&str>(&[], &[], &[], &[], &[])
                .unwrap()
                .ends_with(",f63\r\n")
        );
        assert_eq!(
            groups_csv(&[1], &["x"], &[1], &[], &[]).unwrap(),
            "id,file,group\r\n1,x,1\r\n"
        );
    }

    #[test]
    fn columns_that_do_not_fit_are_named() {
        let error = groups_csv(&[1, 2], &["a"], &[1, 1], &[], &[]).unwrap_err();
        assert_eq!(
            error,
            ExportError::Length {
                column: "file names",
                found: 1,
                galaxies: 2
            }
        );
        assert!(groups_csv(&[1, 2], &["a", "b"], &[1], &[], &[]).is_err());
        assert!(groups_csv(&[1, 2], &["a", "b"], &[1, 1], &[1, 2, 3], &[]).is_err());
    }

    #[test]
    fn facts_stand_between_group_and_codes() {
        let label = FactColumn {
            name: "label, by eye".into(),
            values: vec!["Sbc".into(), String::new()],
        };
        let text = groups_csv(&[7, 8], &["a", "b"], &[1, 2], &[3, 4], &[label]).unwrap();
        assert_eq!(
            text,
            "id,file,group,\"label, by eye\",f0\r\n7,a,1,Sbc,3\r\n8,b,2,,4\r\n"
        );
        let short = FactColumn {
            name: "x".into(),
            values: vec![],
        };
        assert!(groups_csv(&[7], &["a"], &[1], &[], &[short]).is_err());
    }
}
