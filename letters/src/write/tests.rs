//! The story, told with a model that follows a script.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::complete::{Completions, Event, Finish, Role};
use crate::fixtures;

/// A model that answers each request with the next completions of its script.
#[derive(Default)]
struct Scripted {
    completions: Mutex<VecDeque<Vec<Step>>>,
    /// For every conversation: its seeds, whether a reader sees the text, and the last message.
    asked: Mutex<Vec<(Vec<u64>, bool, String)>>,
}

type Step = Result<Event, &'static str>;

struct ScriptedCompletion(VecDeque<Step>);

impl Complete for Scripted {
    type Completion = ScriptedCompletion;
    type Error = &'static str;

    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<ScriptedCompletion>, &'static str> {
        assert_eq!(ask.messages[0].role, Role::System);
        let last = ask.messages.last().expect("the request").content.clone();
        self.asked.lock().unwrap().push((ask.seeds.to_vec(), ask.is_shown, last));
        let mut script = self.completions.lock().unwrap();
        let all: Option<Vec<_>> =
            ask.seeds.iter().map(|_| script.pop_front().map(|steps| ScriptedCompletion(steps.into()))).collect();
        Ok(Completions { prompt_tokens: 7, all: all.ok_or("no room")? })
    }
}

impl Completion for ScriptedCompletion {
    type Error = &'static str;

    async fn next(&mut self) -> Result<Event, &'static str> {
        self.0.pop_front().expect("nothing is awaited after the end")
    }
}

fn model(completions: impl IntoIterator<Item = Vec<Step>>) -> Scripted {
    Scripted { completions: Mutex::new(completions.into_iter().collect()), asked: Mutex::default() }
}

/// A completion in these pieces, one token each.
fn pieces(pieces: &[&str], finish: Finish) -> Vec<Step> {
    let wrote = pieces.iter().enumerate().map(|(at, text)| Event::Wrote { text: (*text).to_owned(), tokens: at + 1 });
    let done = Event::Done { finish, tokens: pieces.len() };
    [Event::Read { tokens: 7 }].into_iter().chain(wrote).chain([done]).map(Ok).collect()
}

/// A request for which plans have no sentences, so that a chat model writes freely.
fn german() -> CoverLetterRequestSpec {
    let mut request = fixtures::documented();
    request.letter.language = "de".to_owned();
    request
}

/// The result of a future that never waits.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the script never waits"),
    }
}

type Told = Result<Progress, WriteError<&'static str>>;

/// Everything that happens until nothing follows.
fn tell(model: &Scripted, style: Style, candidates: usize, request: &CoverLetterRequestSpec) -> Vec<Told> {
    let mut writing =
        write(model, style, candidates, request, &Notes::default(), 42).expect("the model takes the request");
    let mut told = Vec::new();
    while let Some(progress) = block_on(writing.next()) {
        told.push(progress);
    }
    assert!(block_on(writing.next()).is_none(), "nothing follows the end");
    told
}

fn finished(told: Vec<Told>) -> Letter {
    match told.into_iter().next_back() {
        Some(Ok(Progress::Finished(letter))) => *letter,
        other => panic!("the letter is finished last: {other:?}"),
    }
}

#[test]
fn a_single_chat_candidate_is_shown_as_it_is_written() {
    let model = model([pieces(&["Dear team,\n\nI ", "apply.", "\n\nBest regards,\nJane"], Finish::Stop)]);
    let told = tell(&model, Style::Chat, 1, &german());
    let shown: String = told
        .iter()
        .filter_map(|progress| match progress {
            Ok(Progress::Writing { text, .. }) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(matches!(told[0], Ok(Progress::Reading { tokens: 7 })));
    assert!(matches!(told[told.len() - 2], Ok(Progress::Checking)), "{told:?}");
    let letter = finished(told);
    assert_eq!(shown, letter.text, "what was shown is the letter");
    assert_eq!(letter.text, "Dear team,\n\nI apply.\n\nSincerely,\nJohn");
    assert_eq!((letter.prompt_tokens, letter.completion_tokens, letter.finish), (7, 3, Finish::Stop));
    assert_eq!(letter.checks, crate::check(&german(), &letter.text));
    assert_eq!((letter.plain, model.asked.lock().unwrap()[0].1), (None, true));
}

#[test]
fn the_candidate_that_fails_the_fewest_checks_is_the_letter() {
    let good = "I apply for the Data Scientist position at google. I am an Analyst at Trello and was a Machine \
                Learning Intern at Sony. I use python, SQL and statistics. I have a BSc in Computer Science.";
    let model = model([
        pieces(&["I hold a PhD in Physics. [insert detail]"], Finish::Stop),
        pieces(&[good], Finish::Length),
        pieces(&["I apply.", " Please"], Finish::Stop),
    ]);
    let told = tell(&model, Style::Chat, 3, &german());
    let is_silent = |progress: &Told| !matches!(progress, Ok(Progress::Writing { text, .. }) if !text.is_empty());
    assert!(told.iter().all(is_silent), "nothing is shown before the best is known");
    let letter = finished(told);
    assert!(letter.text.contains(good), "{}", letter.text);
    assert_eq!((letter.completion_tokens, letter.finish), (4, Finish::Length));
    let asked = model.asked.lock().unwrap();
    assert_eq!((asked[0].0.len(), asked[0].0[0], asked[0].1), (3, 42, false));
}

#[test]
fn of_equal_candidates_the_first_is_the_letter() {
    let model = model([pieces(&["I apply now."], Finish::Stop), pieces(&["I apply too."], Finish::Stop)]);
    assert!(finished(tell(&model, Style::Chat, 2, &german())).text.contains("now"));
}

#[test]
fn planned_sentences_become_a_letter_with_the_applicants_words() {
    let mut request = fixtures::documented();
    request.letter.tone = crds::request::Tone::Direct;
    let plan = plan_of(&request);
    let model = model([pieces(
        &[
            "<greet.company> Dear {company} team,\n\n<open.role.company> I am applying for the {title} vacancy at {company}.",
        ],
        Finish::Stop,
    )]);
    let letter = finished(tell(&model, Style::BuiltIn, 1, &request));
    assert_eq!(model.asked.lock().unwrap()[0].2, plan.to_string());
    assert_eq!(letter.plain, None, "{}", letter.text);
    let beginning = "Dear Google team,\n\nI am applying for the Data Scientist vacancy at Google.";
    assert!(letter.text.starts_with(beginning), "{}", letter.text);
    assert!(letter.text.contains("an analyst at Trello") && letter.text.ends_with("Regards,\nJohn"), "{}", letter.text);
    assert!(!model.asked.lock().unwrap()[0].1, "sentences are not shown before they are filled");
}

fn plan_of(request: &CoverLetterRequestSpec) -> Plan {
    let facts = Facts::of(request).unwrap();
    Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, 42)
}

#[test]
fn a_sentence_that_is_not_as_planned_gives_way_to_the_programs_own() {
    let request = fixtures::documented();
    let own = plan_of(&request).read("").0;
    for answer in [
        "Dear team, I apply.",
        "<greet> Dear",
        "<now>I am {position} and {company}.",
        "<open.role.company>I am {title} {title}.",
    ] {
        let letter = finished(tell(&model([pieces(&[answer], Finish::Length)]), Style::BuiltIn, 1, &request));
        assert_eq!(letter.text, crate::compose::signed(&request, &own).unwrap(), "{answer}");
        assert_eq!(letter.plain, None);
    }
}

#[test]
fn the_model_is_not_asked_for_what_it_cannot_serve() {
    let mut request = fixtures::documented();
    request.letter.language = "de".to_owned();
    let model = Scripted::default();
    let told = tell(&model, Style::BuiltIn, 8, &request);
    assert!(matches!(told[..], [Ok(Progress::Checking), Ok(Progress::Finished(_))]), "{told:?}");
    let letter = finished(told);
    assert_eq!(letter.plain.as_deref(), Some("the built-in model writes English only"));
    assert_eq!((letter.prompt_tokens, letter.completion_tokens), (0, 0));
    assert!(model.asked.lock().unwrap().is_empty());
}

#[test]
fn a_form_of_which_nothing_can_be_read_is_stated_as_it_was_typed() {
    for style in [Style::BuiltIn, Style::Chat] {
        let mut request = fixtures::spec();
        request.applicant.current_experience = "Разработчик в Озон".to_owned();
        let letter = finished(tell(&Scripted::default(), style, 1, &request));
        let why = "nothing that the form says about the applicant could be read surely";
        assert_eq!(letter.plain.as_deref(), Some(why));
        assert!(letter.text.contains("Разработчик в Озон"), "{}", letter.text);
    }
}

#[test]
fn an_error_of_the_model_is_the_last_thing_that_happens() {
    let broken = || vec![Ok(Event::Wrote { text: "Dear team,".to_owned(), tokens: 1 }), Err("broken")];
    for candidates in [1, 2] {
        let told = tell(&model([broken(), broken()]), Style::Chat, candidates, &german());
        assert!(matches!(told[..], [Ok(Progress::Writing { .. }), Err(WriteError::Model("broken"))]), "{told:?}");
    }
    let refused = write(&Scripted::default(), Style::Chat, 1, &fixtures::documented(), &Notes::default(), 42);
    assert!(matches!(refused, Err(WriteError::Model("no room"))));
}

#[test]
fn a_chat_model_that_writes_nothing_leaves_the_plain_form() {
    for candidates in [1, 2] {
        let nothing = || pieces(&["Dear team,\n\n"], Finish::Stop);
        let letter = finished(tell(&model([nothing(), nothing()]), Style::Chat, candidates, &german()));
        assert_eq!(letter.plain.as_deref(), Some(SILENT));
        assert!(letter.text.contains("Analyst at Trello"), "{}", letter.text);
    }
}

/// What was shown of a letter, and the letter.
fn guided(answers: &[&[&str]]) -> (String, Letter) {
    let model = model(answers.iter().map(|answer| pieces(answer, Finish::Stop)));
    let told = tell(&model, Style::Chat, answers.len(), &fixtures::documented());
    let shown = told.iter().filter_map(|progress| match progress {
        Ok(Progress::Writing { text, .. }) => Some(text.as_str()),
        _ => None,
    });
    (shown.collect(), finished(told))
}

#[test]
fn a_general_model_words_a_planned_letter_which_is_shown_as_it_is_written() {
    let own = crate::compose::signed(&fixtures::documented(), &plan_of(&fixtures::documented()).read("").0).unwrap();
    let (shown, letter) = guided(&[&["I am currently an an", "alyst at Trello. No"]]);
    assert_eq!(shown, letter.text, "what was shown is the letter");
    assert!(
        letter.text.contains("I am currently an analyst at Trello.") && !letter.text.contains("Trello. No"),
        "{shown}"
    );
    assert!(letter.text.contains("Sony") && letter.text.ends_with("Sincerely,\nJohn"), "{shown}");
    assert_eq!((letter.plain, own.lines().next()), (None, letter.text.lines().next()));
}

#[test]
fn what_was_not_planned_gives_way_to_the_programs_own_words() {
    let own = crate::compose::signed(&fixtures::documented(), &plan_of(&fixtures::documented()).read("").0).unwrap();
    for answer in ["", "I hold a PhD from Oxford.", "I am currently an analyst at Trello for 9 years.", "[Your Name]"] {
        let (shown, letter) = guided(&[&[answer]]);
        assert_eq!((shown, letter.text), (own.clone(), own.clone()), "{answer}");
    }
}

#[test]
fn of_several_worded_letters_none_is_shown_before_the_best_is_known() {
    let (shown, letter) = guided(&[&["I am"], &["I am currently an analyst at Trello."]]);
    assert!(shown.is_empty() && !letter.text.is_empty());
}

#[test]
fn warm_up_conversations_differ_behind_their_common_beginning() {
    for style in [Style::Chat, Style::BuiltIn] {
        let [one, other] = samples(style);
        assert_eq!(one[0], other[0]);
        assert_ne!(one[1], other[1]);
    }
}
