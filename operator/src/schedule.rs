//! Schedules in the syntax of cron, as `CronJob` reads them.
//! <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>

use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// Days to look back: every date comes again within eight years.
const DAYS_BACK: usize = 8 * 366;

/// When something is due, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// The numbers that a field names, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    bits: u64,
    is_open: bool,
}

impl Schedule {
    /// `None` when `CronJob` would not take it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<_> = text.split(' ').collect();
        let [minutes, hours, days, months, weekdays] = fields.try_into().ok()?;
        Some(Self {
            text: text.to_owned(),
            minutes: Field::parse(minutes, 0..=59, &[])?,
            hours: Field::parse(hours, 0..=23, &[])?,
            days: Field::parse(days, 1..=31, &[])?,
            months: Field::parse(months, 1..=12, &MONTHS)?,
            weekdays: Field::parse(weekdays, 0..=6, &WEEKDAYS)?,
        })
    }

    /// The schedule as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// When it was due last, at `now` or before. `None` for a date that never comes, such as 30 February.
    #[must_use]
    pub fn last_due(&self, now: Timestamp) -> Option<Timestamp> {
        let now = now.to_zoned(TimeZone::UTC).datetime();
        let minute_of_day = i32::from(now.hour()) * 60 + i32::from(now.minute());
        let days = std::iter::successors(Some(now.date()), |date| date.yesterday().ok()).take(DAYS_BACK);
        let mut due = days.filter(|date| self.has_day(*date)).filter_map(|date| {
            let latest = if date == now.date() { minute_of_day } else { 24 * 60 - 1 };
            let minute = (0..=latest).rev().find(|it| self.hours.has(it / 60) && self.minutes.has(it % 60))?;
            let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
            Some(date.at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp())
        });
        due.next()
    }

    /// Of day and weekday one is enough where both are restricted.
    fn has_day(&self, date: Date) -> bool {
        let day = self.days.has(date.day().into());
        let weekday = self.weekdays.has(date.weekday().to_sunday_zero_offset().into());
        let either = !self.days.is_open && !self.weekdays.is_open;
        self.months.has(date.month().into()) && if either { day || weekday } else { day && weekday }
    }
}

impl Field {
    fn parse(text: &str, range: RangeInclusive<u32>, names: &[&str]) -> Option<Self> {
        let parts = text.split(',').map(|part| Self::part(part, &range, names));
        parts.reduce(|all, part| {
            let (all, part) = (all?, part?);
            Some(Self { bits: all.bits | part.bits, is_open: all.is_open || part.is_open })
        })?
    }

    /// One of `*`, `7`, `1-5`, each also with a step.
    fn part(text: &str, range: &RangeInclusive<u32>, names: &[&str]) -> Option<Self> {
        let (span, step) = match text.split_once('/') {
            Some((span, step)) => (span, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (text, None),
        };
        let number = |text: &str| {
            let name = names.iter().position(|name| text.eq_ignore_ascii_case(name));
            let number = name.map_or_else(|| text.parse().ok(), |index| Some(index as u32 + range.start()))?;
            (range.contains(&number) && !text.starts_with('+')).then_some(number)
        };
        let is_open = matches!(span, "*" | "?");
        let (first, last) = match span.split_once('-') {
            _ if is_open => (*range.start(), *range.end()),
            Some((first, last)) => (number(first)?, number(last)?),
            // With a step, a number stands for all from there.
            None => (number(span)?, if step.is_some() { *range.end() } else { number(span)? }),
        };
        if first > last {
            return None;
        }
        let bits = (first..=last).step_by(step.unwrap_or(1)).fold(0, |bits, number| bits | 1 << number);
        Some(Self { bits, is_open: is_open && step.unwrap_or(1) == 1 })
    }

    fn has(self, number: i32) -> bool {
        u32::try_from(number).is_ok_and(|number| self.bits >> number & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    fn due(schedule: &str, now: &str) -> String {
        let schedule = Schedule::parse(schedule).unwrap_or_else(|| panic!("{schedule} is a schedule"));
        schedule.last_due(now.parse().expect("a time")).map(|due| due.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_last_time_at_which_a_schedule_was_due_is_found() {
        assert_eq!(due("0 3 * * *", "2026-11-28T03:00:00Z"), "2026-11-28T03:00:00Z");
        assert_eq!(due("0 3 * * *", "2026-11-28T02:59:59Z"), "2026-11-27T03:00:00Z");
        assert_eq!(due("*/20 * * * *", "2026-11-28T10:39:00Z"), "2026-11-28T10:20:00Z");
        assert_eq!(due("30 22 * * FRI", "2026-11-28T10:00:00Z"), "2026-11-27T22:30:00Z");
        assert_eq!(due("0 0 1 jan ?", "2026-11-28T10:00:00Z"), "2026-01-01T00:00:00Z");
        assert_eq!(due("5/25 1-3 * * *", "2026-11-28T10:00:00Z"), "2026-11-28T03:55:00Z");
        assert_eq!(due("0 0 29 2 *", "2026-11-28T10:00:00Z"), "2024-02-29T00:00:00Z");
        assert_eq!(due("0 0 30 2 *", "2026-11-28T10:00:00Z"), "");
    }

    #[test]
    fn a_day_or_a_weekday_is_enough_where_both_are_given() {
        assert_eq!(due("0 0 1 * 5", "2026-11-28T10:00:00Z"), "2026-11-27T00:00:00Z");
        assert_eq!(due("0 0 28 * 5", "2026-11-28T10:00:00Z"), "2026-11-28T00:00:00Z");
        assert_eq!(due("0 0 */2 * 5", "2026-11-28T10:00:00Z"), "2026-11-27T00:00:00Z");
    }

    #[test]
    fn what_cron_does_not_take_is_no_schedule() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "1- * * * *",
            ", * * * *",
            "+1 * * * *",
            "@daily",
            "* * * * * *",
            "*-5 * * * *",
        ] {
            assert_eq!(Schedule::parse(text), None, "{text}");
        }
    }
}
