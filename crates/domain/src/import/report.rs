use std::{collections::BTreeMap, fmt};

/// What became of the rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableReport {
    /// The name of the table in the source.
    pub table: &'static str,
    /// Rows that were read.
    pub read: u64,
    /// Rows that were written.
    pub written: u64,
    /// Rows that were there already.
    pub present: u64,
    /// Rows that were changed to fit, with the reason.
    pub adjusted: BTreeMap<&'static str, u64>,
    /// Rows that were left out, with the reason.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The tables in the order in which they were read.
    pub tables: Vec<TableReport>,
    /// Tables of the source that have no place here.
    pub unknown: Vec<String>,
}

impl Report {
    /// Whether a table was read.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|table| table.table == name)
    }

    /// Rows that were written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.tables.iter().map(|table| table.written).sum()
    }

    /// Rows that were left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.tables.iter().flat_map(|table| table.left_out.values()).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:<34} {:>8} {:>8} {:>8} {:>8}",
            "table", "read", "written", "present", "left out"
        )?;
        for table in &self.tables {
            let left_out: u64 = table.left_out.values().sum();
            writeln!(
                formatter,
                "{:<34} {:>8} {:>8} {:>8} {:>8}",
                table.table, table.read, table.written, table.present, left_out
            )?;
            for (reasons, what) in [(&table.adjusted, "changed"), (&table.left_out, "left out")] {
                for (reason, rows) in reasons {
                    writeln!(formatter, "    {rows} {what}: {reason}")?;
                }
            }
        }
        for table in &self.unknown {
            writeln!(formatter, "not read: table {table} has no place here")?;
        }
        Ok(())
    }
}
