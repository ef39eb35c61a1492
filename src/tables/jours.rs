//! Dates as Polars keeps them.

use chrono::{Days, NaiveDate};

/// Days since 1970-01-01, as Polars keeps dates → date.
pub fn du_jour(jours: i32) -> Option<NaiveDate> {
    let epoque = NaiveDate::default();
    let ecart = Days::new(u64::from(jours.unsigned_abs()));
    if jours < 0 { epoque.checked_sub_days(ecart) } else { epoque.checked_add_days(ecart) }
}

/// Date → days since 1970-01-01, as Polars keeps dates.
pub fn en_jours(date: NaiveDate) -> i32 {
    i32::try_from((date - NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}
