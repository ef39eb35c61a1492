//! Dates as Polars keeps them.

use chrono::NaiveDate;

/// Days since 1970-01-01, as Polars keeps dates → date.
pub fn du_jour(jours: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(jours)
}

/// Date → days since 1970-01-01, as Polars keeps dates.
pub fn en_jours(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}
