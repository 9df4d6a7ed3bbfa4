use super::*;

fn shape(text: &str) -> Shape {
    Experience::of(text, When::Now).shape
}

fn role_at(text: &str, role: &str, at: &str) {
    assert_eq!(shape(text), Shape::RoleAt { role: role.to_owned(), at: at.to_owned() }, "{text}");
}

#[test]
fn roles_at_places_are_taken_apart() {
    role_at("Analyst at Trello", "an Analyst", "at Trello");
    role_at("Machine Learning Intern at Sony.", "a Machine Learning Intern", "at Sony");
    role_at("barista @ costa since 2022", "a barista", "at costa since 2022");
    role_at("Cashier, Tesco", "a Cashier", "at Tesco");
    role_at("Cashier, Tesco, 2019-2021", "a Cashier", "at Tesco (2019-2021)");
    role_at("Site engineer at Skanska (2012-2016)", "a Site engineer", "at Skanska (2012-2016)");
    role_at("Working as a waitress in a hotel", "a waitress", "in a hotel");
    role_at("Head of Sales at Acme Inc.", "Head of Sales", "at Acme Inc.");
    role_at("currently a carer for the NHS", "a carer", "for the NHS");
    role_at("Sales Assistant - Boots", "a Sales Assistant", "at Boots");
    role_at("HCA AT CITY HOSPITAL", "an HCA", "AT CITY HOSPITAL");
}

#[test]
fn roles_without_a_place_keep_their_words() {
    assert_eq!(shape("self-employed electrician"), Shape::Role("a self-employed electrician".to_owned()));
    assert_eq!(shape("Freelance web designer"), Shape::Role("a Freelance web designer".to_owned()));
}

#[test]
fn several_roles_are_a_first_one_and_more() {
    let check =
        |text: &str, more: &str| assert_eq!(Experience::of(text, When::Before).more.as_deref(), Some(more), "{text}");
    check("Cashier at Tesco, volunteer at Oxfam", "a volunteer at Oxfam");
    check("Cashier, Tesco; Tutor, Kumon; babysitter", "a Tutor at Kumon and a babysitter");
}

#[test]
fn students_study() {
    let check = |text: &str, expect: &str| assert_eq!(shape(text), Shape::Study(expect.to_owned()), "{text}");
    check("3rd year Econ student at Leeds", "a 3rd year Econ student at Leeds");
    check("undergraduate at UCL", "an undergraduate at UCL");
    check("Student", "a Student");
}

#[test]
fn everything_else_is_told_by_how_it_begins() {
    let check = |text: &str, expect: Shape| assert_eq!(shape(text), expect, "{text}");
    check("2 years as a line cook at Harbor Grill", Shape::Span("2 years as a line cook at Harbor Grill".to_owned()));
    check("Volunteering at a food bank", Shape::Doing("volunteering at a food bank".to_owned()));
    check("currently studying for A levels", Shape::Doing("studying for A levels".to_owned()));
    check("Run the till and help customers", Shape::Verb("run the till and help customers".to_owned()));
    check("Managed a budget", Shape::Phrase("Managed a budget".to_owned()));
    check("customer service", Shape::Phrase("customer service".to_owned()));
    check("Marketing internship, Unilever", Shape::Phrase("Marketing internship, Unilever".to_owned()));
    let before = Experience::of("Managed the society's budget (£3,000)", When::Before).shape;
    assert_eq!(before, Shape::Verb("managed the society's budget (£3,000)".to_owned()));
}

#[test]
fn remarks_and_hurried_stops_do_no_harm() {
    let tutor = Shape::Role("a Maths tutor (part time job in Spar)".to_owned());
    assert_eq!(shape("Maths tutor, part time job in Spar"), tutor);
    let wrote = Experience::of("wrote the programme for a comedy night. open mic", When::Before).shape;
    assert_eq!(wrote, Shape::Phrase("wrote the programme for a comedy night, open mic".to_owned()));
    assert_eq!(shape("Teaching myself web dev"), Shape::Doing("teaching myself web dev".to_owned()));
    assert_eq!(shape("student visa, MSc Business"), Shape::Phrase("student visa, MSc Business".to_owned()));
    // A letter whose small form has another length must not move the cut.
    role_at("İİİ analyst at Trello", "an İİİ analyst", "at Trello");
}

#[test]
fn own_sentences_stay_sentences() {
    let check = |text: &str, expect: &str| assert_eq!(shape(text), Shape::Sentence(expect.to_owned()), "{text}");
    check("i work weekends in my uncle's shop and i help.", "I work weekends in my uncle's shop and I help");
    check("My job is to keep bees. I love it", "My job is to keep bees. I love it");
    check("im a carer for my nan", "I'm a carer for my nan");
}

#[test]
fn courses_and_years_of_study_are_what_somebody_is_doing() {
    let check = |text: &str, expect: &str| assert_eq!(shape(text), Shape::Doing(expect.to_owned()), "{text}");
    check("MSc Statistics at KTH", "studying MSc Statistics at KTH");
    check("2nd yr Computer Science at Newcastle Uni", "in my 2nd year of Computer Science at Newcastle Uni");
    check("A level PE biology", "studying A level PE biology");
    check("year 11", "in year 11");
}

#[test]
fn places_and_times_after_commas_belong_to_the_role() {
    role_at(
        "Summer analyst, Grant Thornton Reading, 8 weeks",
        "a Summer analyst",
        "at Grant Thornton Reading (8 weeks)",
    );
    role_at(
        "Counter clerk, Post Office, Abergavenny, 31 years",
        "a Counter clerk",
        "at Post Office, Abergavenny (31 years)",
    );
    role_at(
        "helpdesk apprentice, Stoke council (since sept 23)",
        "a helpdesk apprentice",
        "at Stoke council (since sept 23)",
    );
}
