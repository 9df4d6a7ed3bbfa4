//! Rows in columns, as wide as they need to be.

/// Lines of the table, each ended, with `indent` before it.
#[must_use]
pub fn table<const N: usize>(header: [&str; N], rows: &[[String; N]], indent: &str) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let padded: Vec<_> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{indent}{}\n", padded.join("   ").trim_end())
    };
    let rows = rows.iter().map(|row| line(std::array::from_fn(|column| row[column].as_str())));
    std::iter::once(line(header)).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_stand_below_their_names() {
        let rows = [["web".to_owned(), "1/1".to_owned()], ["inference".to_owned(), "0/1".to_owned()]];
        let expected = "  PART        READY\n  web         1/1\n  inference   0/1\n";
        assert_eq!(table(["PART", "READY"], &rows, "  "), expected);
    }
}
