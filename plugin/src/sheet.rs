//! The health of apps as text.

use jiff::Timestamp;

use crate::health::{Health, Problem};
use crate::rights::Right;
use crate::style::Style;
use crate::table::table;
use crate::words::{age, size, span};

/// Everything that is shown, the worst app first.
#[must_use]
pub fn sheet(apps: &[Health], missing: &[Right], style: Style, now: Timestamp) -> String {
    let mut apps: Vec<_> = apps.iter().collect();
    apps.sort_by_key(|app| (app.ready, app.problems.is_empty(), &app.namespace, &app.name));
    let apps = apps.into_iter().map(|app| of_app(app, style, now)).collect::<Vec<_>>().join("\n");
    format!("{apps}{}", not_shown(missing))
}

/// What is left out, and the rights that it takes.
#[must_use]
pub fn not_shown(missing: &[Right]) -> String {
    if missing.is_empty() {
        return String::new();
    }
    let lines: Vec<_> = missing.iter().map(|right| format!("  {right}\n")).collect();
    format!("\nSome of this is not shown:\n{}", lines.concat())
}

fn of_app(app: &Health, style: Style, now: Timestamp) -> String {
    let verdict = match (app.ready, app.problems.is_empty()) {
        (true, true) => style.good("Ready"),
        (true, false) => style.bad("Ready, but see below"),
        (false, _) => style.bad("Not ready"),
    };
    let mut text = format!("{}/{}: {verdict}\n", app.namespace, app.name);
    for problem in &app.problems {
        text.push_str(&of_problem(problem, style));
    }
    if let Some(parts) = &app.components {
        let rows: Vec<_> = parts
            .iter()
            .map(|part| {
                let ready = format!("{}/{}", part.ready, part.wanted);
                [part.component.to_owned(), ready, part.restarts.to_string(), part.images.join(", ")]
            })
            .collect();
        text.push_str(&table(["COMPONENT", "READY", "RESTARTS", "IMAGE"], &rows, "  "));
    }
    let lines = lines(app, now).into_iter().map(|(name, value)| {
        let name = style.faint(&format!("{name:<8}"));
        format!("  {name} {value}\n")
    });
    text + &lines.collect::<Vec<_>>().concat()
}

fn of_problem(problem: &Problem, style: Style) -> String {
    let conditions = problem.conditions.join(", ");
    let heading =
        if conditions.is_empty() { problem.reason.clone() } else { format!("{} ({conditions})", problem.reason) };
    format!(
        "  {}\n    {} {}\n    {}  {}\n    {}   {}\n",
        style.bad(&heading),
        style.faint("seen"),
        problem.seen,
        style.faint("why"),
        problem.why,
        style.faint("do"),
        problem.do_,
    )
}

fn lines(app: &Health, now: Timestamp) -> Vec<(&'static str, String)> {
    let queue = app.queue.as_ref().map(|queue| {
        let oldest = queue.oldest_queued_seconds.filter(|_| queue.queued > 0);
        let oldest = oldest.map(|seconds| format!("; the oldest has waited {}", span(seconds))).unwrap_or_default();
        format!("{} waiting, {} being written{oldest}", queue.queued, queue.running)
    });
    let backup = app.backup.as_ref().map(|backup| {
        let name = backup.name.clone().unwrap_or_else(|| "unnamed".to_owned());
        let made = backup.time.as_ref().map(|time| format!(", {} ago", age(time.0, now)));
        let bytes = backup.bytes.map(|bytes| format!(", {}", size(bytes)));
        let kept = backup.kept.map(|kept| format!(", {kept} kept"));
        [Some(name), made, bytes, kept].into_iter().flatten().collect()
    });
    let model = app.model.as_ref().map(|model| {
        let hash = model.sha256.as_ref().map(|hash| format!(" ({})", hash.chars().take(12).collect::<String>()));
        format!("{}{}", model.name, hash.unwrap_or_default())
    });
    let all = [("queue", queue), ("model", model), ("site", app.url.clone()), ("backup", backup)];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
