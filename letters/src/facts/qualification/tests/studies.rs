//! Courses under way, results of schools, and the names of universities.

use super::check;

#[test]
fn how_far_a_course_has_come_stays_with_it() {
    check(
        "doing TA level 2 at tower hamlets college evenings finish in march",
        &["Study: ~I am working towards TA Level 2 at Tower Hamlets college in the evenings and finish in March"],
    );
    check(
        "HNC Construction Management at Moulton College, year 2, day release (I use my holidays for it)",
        &["Study: ~I am in the second year of an HNC in Construction Management at Moulton College on day release"],
    );
    check("Doing ACS gas portfolio now, about 60% done", &["Study: ~my ACS gas portfolio is about 60% complete"]);
    check(
        "Halfway through an MPA by distance learning at Birmingham.",
        &["Study: ~I am half way through an MPA at Birmingham by distance learning"],
    );
    check(
        "Access to Nursing, Sheffield College, evening, finishing July",
        &["Study: ~I am taking the Access to Nursing course at Sheffield College in the evenings and finish in July"],
    );
    check(
        "CIM Foundation certificate (two modules done)",
        &["Study: ~I am working towards the CIM Foundation Certificate and have completed two modules"],
    );
    check(
        "CIPD Level 7 in progress (due to finish July)",
        &["Study: ~I am working towards CIPD Level 7 and finish in July"],
    );
}

#[test]
fn school_results_keep_their_marks_before_and_behind_their_subjects() {
    check(
        "9 GCSEs including 7 in biology and 6 in English",
        &["Grade: nine GCSEs, including biology (7) and English (6)"],
    );
    check(
        "GCSEs: 9s in Spanish and Geography, 7 in English, 6 in maths, others 6-8",
        &["Grade: GCSEs in Spanish (9), geography (9), English (7) and maths (6)"],
    );
    check("A levels C C D", &["Grade: A levels at grades CCD"]);
    check("9 GCSEs grades 4 to 6, maths 6", &["Grade: nine GCSEs at grades 4 to 6, including maths (6)"]);
    check("GCSEs A-C x 7", &["Grade: seven GCSEs at grades A-C"]);
    check(
        "A levels in History, Welsh and Art (Ysgol Gyfun Glantaf, 1996)",
        &["Grade: A levels in history, Welsh and art"],
    );
    check(
        "Highers: English, Modern Studies, Secretarial Studies",
        &["Grade: Highers in English, modern studies and secretarial studies"],
    );
    check("GCSE 8 passes, grade 7 PE", &["Grade: eight GCSEs, including PE (7)"]);
}

#[test]
fn the_name_of_a_university_stays_whole() {
    check(
        "MD Kabul University of Medical Sciences 2017",
        &["Award: an MD from Kabul University of Medical Sciences (2017)"],
    );
    check("MSc National Taiwan University", &["Award: an MSc from National Taiwan University"]);
    check(
        "BCom (Hons) Supply Chain Management, Chinhoyi University of Technology, 2.1",
        &["Award: a BCom (Hons) in Supply Chain Management from Chinhoyi University of Technology (2:1)"],
    );
    check(
        "Licenciatura in Communication Design, Faculdade de Belas-Artes de Lisboa, 2011",
        &["Award: a Licenciatura in Communication Design from Faculdade de Belas-Artes de Lisboa (2011)"],
    );
    check("NCTJ Diploma, Darlington College 1998", &["Award: an NCTJ Diploma from Darlington College (1998)"]);
}
