//! Readers and a writer at one desk.

use super::*;

fn texts(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .filter_map(|piece| if let Piece::Text { text, .. } = piece { Some(text.as_str()) } else { None })
        .collect()
}

async fn all(mut reader: Reader) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some(piece) = reader.next().await {
        pieces.push(piece);
    }
    pieces
}

#[tokio::test]
async fn a_reader_gets_states_the_text_and_the_end() {
    let desk = Arc::new(Desk::default());
    let page = desk.open("u", 2);
    let mut reader = desk.read("u", 0).expect("the page is open");
    let state =
        |phase, prompt_tokens, completion_tokens| Piece::State { phase, attempt: 2, prompt_tokens, completion_tokens };
    assert_eq!(reader.next().await, Some(state(Phase::Reading, 0, 0)));
    page.read_prompt(9);
    assert_eq!(reader.next().await, Some(state(Phase::Reading, 9, 0)));
    page.write("Grüße", 1);
    assert_eq!(reader.next().await, Some(state(Phase::Writing, 9, 1)));
    assert_eq!(reader.next().await, Some(Piece::Text { offset: 0, text: "Grüße".into() }));
    page.write(" an", 2);
    page.write(" alle", 3);
    assert_eq!(reader.next().await, Some(Piece::Text { offset: 5, text: " an alle".into() }));
    page.finish(State::Succeeded);
    assert_eq!(reader.next().await, Some(Piece::Done { state: State::Succeeded }));
    assert_eq!(reader.next().await, None);
}

#[tokio::test]
async fn a_reader_resumes_at_any_character() {
    let letter = "Grüße aus Zürich, 東京 und überall";
    for offset in 0..=letter.chars().count() {
        let desk = Arc::new(Desk::default());
        let page = desk.open("u", 1);
        page.write("Grüße aus Z", 1);
        let reader = desk.read("u", offset).expect("the page is open");
        let reading = tokio::spawn(all(reader));
        tokio::task::yield_now().await;
        page.write("ürich, 東京 und überall", 2);
        page.finish(State::Succeeded);
        let pieces = reading.await.expect("the reader ends");
        assert_eq!(texts(&pieces), letter.chars().skip(offset).collect::<String>());
        let first =
            pieces.iter().find_map(|piece| if let Piece::Text { offset, .. } = piece { Some(*offset) } else { None });
        assert!(first.is_none_or(|first| first == offset));
    }
}

#[tokio::test]
async fn a_page_that_is_dropped_ends_its_readers_without_a_done() {
    let desk = Arc::new(Desk::default());
    let page = desk.open("u", 1);
    page.write("Dear", 1);
    let reader = desk.read("u", 0).expect("the page is open");
    drop(page);
    let pieces = all(reader).await;
    assert_eq!(texts(&pieces), "Dear");
    assert!(!pieces.iter().any(|piece| matches!(piece, Piece::Done { .. })));
}

#[tokio::test]
async fn a_finished_letter_can_be_read_for_a_minute() {
    let desk = Arc::new(Desk::default());
    let page = desk.open("u", 1);
    page.write("Dear", 1);
    page.finish(State::Succeeded);
    let finished = Instant::now();
    tidy(&mut desk.letters(), finished + KEPT_FOR.saturating_sub(Duration::from_secs(1)));
    assert_eq!(texts(&all(desk.read("u", 0).expect("it is kept")).await), "Dear");
    tidy(&mut desk.letters(), finished + KEPT_FOR);
    assert_eq!(desk.read("u", 0).err(), Some(NotRead::Unknown));
}

#[tokio::test]
async fn a_later_attempt_takes_the_place_of_an_earlier_one() {
    let desk = Arc::new(Desk::default());
    let earlier = desk.open("u", 1);
    let later = desk.open("u", 2);
    earlier.finish(State::Queued);
    later.write("Dear", 1);
    later.finish(State::Succeeded);
    let pieces = all(desk.read("u", 0).expect("the later one lies there")).await;
    assert_eq!(pieces.last(), Some(&Piece::Done { state: State::Succeeded }));
}

#[tokio::test]
async fn finished_letters_and_readers_are_bounded() {
    let desk = Arc::new(Desk::default());
    for n in 0..KEPT_MOST + 10 {
        desk.open(&n.to_string(), 1).finish(State::Succeeded);
    }
    let page = desk.open("last", 1);
    assert!(desk.letters().len() <= KEPT_MOST + 1);
    let readers: Vec<_> = (0..READERS_MOST).map(|_| desk.read("last", 0).expect("a free seat")).collect();
    assert_eq!(desk.read("last", 0).err(), Some(NotRead::Crowded));
    drop(readers);
    assert!(desk.read("last", 0).is_ok());
    drop(page);
}
