//! Cells that a workbook merged. What it shows once holds for the whole range: downwards it is filled into every row that has
//! something of its own, to the right it is told, because only a header means it so.

use std::collections::{BTreeMap, VecDeque};

use super::super::COLUMNS_MAX;
use super::super::reader::Record;

/// Ranges that one workbook may have.
pub(super) const MERGED_MAX: u64 = 500_000;

/// A range of merged cells. Rows as a spreadsheet shows them, columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) rows: (u64, u64),
    pub(super) columns: (usize, usize),
}

impl From<calamine::Dimensions> for Area {
    fn from(found: calamine::Dimensions) -> Area {
        let ((top, left), (bottom, right)) = (found.start, found.end);
        Area { rows: (u64::from(top) + 1, u64::from(bottom) + 1), columns: (left as usize, right as usize) }
    }
}

/// The merged ranges of one sheet, while its rows come by.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Those that begin below, in the order of their rows.
    ahead: VecDeque<Area>,
    /// Those that reach further down, by column: their last row and what they show.
    open: BTreeMap<usize, (u64, String)>,
}

impl Merged {
    pub(super) fn of(areas: impl IntoIterator<Item = Area>) -> Merged {
        let mut areas: Vec<Area> = areas.into_iter().filter(Area::says_something).collect();
        areas.sort_by_key(|area| (area.rows.0, area.columns.0));
        Merged { ahead: areas.into(), open: BTreeMap::new() }
    }

    /// Adds a range that begins in the row that comes next. Those of rows before it, which nobody filled, show nothing.
    pub(super) fn add(&mut self, area: Area) {
        if area.says_something() {
            while self.ahead.pop_front_if(|earlier| earlier.rows.0 < area.rows.0).is_some() {}
            self.ahead.push_back(area);
        }
    }

    /// Fills a row, which has something of its own, and says how many cells that were.
    pub(super) fn fill(&mut self, record: &mut Record) -> u64 {
        let row = record.row_number;
        self.open.retain(|_, (last, _)| *last >= row);
        let mut n_filled = 0;
        for (column, (_, text)) in &self.open {
            if record.cells.get(*column).is_none_or(String::is_empty) {
                if record.cells.len() <= *column {
                    record.cells.resize(column + 1, String::new());
                }
                record.cells[*column].clone_from(text);
                n_filled += 1;
            }
        }
        while let Some(area) = self.ahead.pop_front_if(|area| area.rows.0 <= row) {
            let (first, last) = area.columns;
            let text = record.cells.get(first).filter(|text| !text.is_empty() && area.rows.0 == row);
            let Some(text) = text else { continue };
            if area.rows.1 > row {
                self.open.insert(first, (area.rows.1, text.clone()));
            }
            if last > first {
                record.merged.push((first, last.min(COLUMNS_MAX) - first + 1));
            }
        }
        n_filled
    }
}

impl Area {
    /// Whether it covers more than one cell, and where anything is read.
    const fn says_something(&self) -> bool {
        let ((top, bottom), (left, right)) = (self.rows, self.columns);
        left < COLUMNS_MAX && top <= bottom && left <= right && (top < bottom || left < right)
    }
}
