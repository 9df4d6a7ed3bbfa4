//! What is sent byte for byte, and that what is sent is read.

use proptest::prelude::*;

use super::*;

fn check(event: &StreamEvent, name: &str, data: &str) {
    assert_eq!((event.name(), event.data().as_str()), (name, data));
}

#[test]
fn events_have_these_bytes() {
    let state = WorkerState { attempt: 1, completion_tokens: 7, prompt_tokens: 123, state: Phase::Writing };
    let data = r#"{"attempt":1,"completionTokens":7,"promptTokens":123,"state":"Writing"}"#;
    check(&StreamEvent::State(state), "state", data);
    let piece = Piece { offset: 17, text: "né\n\"a\"".to_owned() };
    check(&StreamEvent::Text(piece), "text", r#"{"offset":17,"text":"né\n\"a\""}"#);
    check(&StreamEvent::Done(End { state: State::Succeeded }), "done", r#"{"state":"Succeeded"}"#);
}

#[test]
fn unknown_kinds_and_unreadable_data_are_skipped() {
    assert_eq!(StreamEvent::parse("other", "{}"), None);
    assert_eq!(StreamEvent::parse("state", r#"{"state":"Dreaming"}"#), None);
    assert_eq!(StreamEvent::parse("text", "cut o"), None);
}

#[test]
fn counts_that_are_missing_are_zero() {
    let read = StreamEvent::parse("state", r#"{"state":"Reading","more":"than is known"}"#);
    let state = WorkerState { attempt: 0, completion_tokens: 0, prompt_tokens: 0, state: Phase::Reading };
    assert_eq!(read, Some(StreamEvent::State(state)));
}

fn event() -> impl Strategy<Value = StreamEvent> {
    let phase = prop_oneof![Just(Phase::Reading), Just(Phase::Writing), Just(Phase::Checking)];
    let state = prop_oneof![Just(State::Succeeded), Just(State::Failed), Just(State::Cancelled), Just(State::Queued)];
    prop_oneof![
        (any::<i32>(), any::<usize>(), any::<usize>(), phase).prop_map(
            |(attempt, completion_tokens, prompt_tokens, state)| StreamEvent::State(WorkerState {
                attempt,
                completion_tokens,
                prompt_tokens,
                state
            })
        ),
        (any::<usize>(), any::<String>()).prop_map(|(offset, text)| StreamEvent::Text(Piece { offset, text })),
        state.prop_map(|state| StreamEvent::Done(End { state })),
    ]
}

proptest! {
    #[test]
    fn what_is_sent_is_read(event in event()) {
        prop_assert_eq!(StreamEvent::parse(event.name(), &event.data()), Some(event.clone()));
        prop_assert!(!event.data().contains('\n'), "data must stay on one line");
    }
}
