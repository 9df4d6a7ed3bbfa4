//! Values are kept but for passwords, and each field has at most one error.

use super::{FieldError, FormField, FormState, Input, InputKind};
use crate::web::fields::Fields;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Name,
    Story,
    Password,
}

impl FormField for Field {
    const ALL: &'static [Self] = &[Self::Name, Self::Story, Self::Password];

    fn input(self) -> Input {
        let (id, kind) = match self {
            Self::Name => ("name", InputKind::Text),
            Self::Story => ("story", InputKind::Area(3)),
            Self::Password => ("password", InputKind::Password),
        };
        Input { name: id, id, label: "", hint: "", kind, max: 9, required: true, autocomplete: "off" }
    }
}

fn sent() -> FormState<Field> {
    let fields = [("password", "Bar2024!"), ("story", " a\r\nb "), ("name", " John \n Doe\u{7} "), ("other", "x")];
    FormState::sent(&Fields::new(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()))
}

#[test]
fn what_was_typed_is_kept_but_for_passwords() {
    let form = sent();
    assert_eq!(form.value(Field::Name), "John Doe");
    assert_eq!(form.value(Field::Story), "a\nb");
    assert_eq!(form.value(Field::Password), "");
    assert!(form.inputs(Field::ALL).iter().all(|input| !input.value.contains("Bar2024!")));
}

#[test]
fn a_field_has_one_error_and_errors_stand_in_the_order_of_the_page() {
    let mut form = sent();
    assert!(form.is_valid());
    form.refuse(Field::Password, "weak");
    form.refuse(Field::Name, "long");
    form.refuse(Field::Name, "odd");
    let error = |id, message: &str| FieldError { id, message: message.to_owned() };
    assert_eq!(form.errors(), [error("name", "long"), error("password", "weak")]);
    assert_eq!(form.errors_in_one_line(), "long. weak");
    assert_eq!(
        form.inputs(Field::ALL).iter().map(|input| input.error.as_str()).collect::<Vec<_>>(),
        ["long", "", "weak"]
    );
}

#[test]
fn an_error_of_the_whole_form_marks_no_field() {
    let mut form = sent();
    form.refuse_form(Field::Name, "Incorrect");
    assert!(!form.is_valid() && form.inputs(Field::ALL).iter().all(|input| input.error.is_empty()));
    assert_eq!(form.errors(), [FieldError { id: "name", message: "Incorrect".to_owned() }]);
}
