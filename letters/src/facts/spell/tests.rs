use super::*;

fn check(text: &str, expect: &str) {
    let right = put_right(text);
    assert_eq!(right, expect, "{text}");
    assert_eq!(put_right(&right), right, "again: {text}");
}

#[test]
fn shorthand_is_written_out() {
    check("work exp 2 wks w dry stone waller", "work experience two weeks with dry stone waller");
    check("maint mgr @ tesco, leeds", "maintenance manager at Tesco, Leeds");
    check("cars w/ my uncle", "cars with my uncle");
    check("wound care inc leg ulcers", "wound care including leg ulcers");
    check("diesel & hydraulic maint", "diesel and hydraulic maintenance");
    check("talk customers thru the repair", "talk customers through the repair");
    check("till + cashing up", "till and cashing up");
    check("p/t barista uni cafe", "part-time barista university cafe");
    check(
        "picker/packer nights DHL lutterworth 2 yrs 3 mths",
        "picker and packer nights DHL Lutterworth two years and three months",
    );
    check("cover for TL when hes off (team of 14)", "cover for team leader when he is off (team of 14)");
    check("drivers hours", "drivers' hours");
    check("my nans a customer", "my nan is a customer");
    check("cars in my uncles garage", "cars in my uncle's garage");
    check("i joined up 2 at pennine in 2021", "I joined up 2 at pennine in 2021");
    check("TS/node apis", "TypeScript and Node APIs");
}

#[test]
fn counts_are_words_and_names_keep_their_figures() {
    check("3 years", "three years");
    check("3.5 yrs", "three and a half years");
    check("18 months", "18 months");
    check("10 wk placement", "ten-week placement");
    check("6 residents", "six residents");
    check("supervised 3 undergrad projects", "supervised three undergraduate projects");
    check("on call 1 wk in 6", "on call one week in six");
    check("2 hrs a wk", "two hours a week");
    check("5+ years", "more than five years");
    check("level 3 diploma", "Level 3 diploma");
    check("band 5 staff nurse", "Band 5 staff nurse");
    check("viva 22 jan 2027", "viva 22 January 2027");
    check("booked 5 march 2027", "booked 5 March 2027");
    check("14k homes, £62m budget", "14,000 homes, £62 million budget");
    check(
        "organise the Lymm 10k, raised 10k for charity, my 10k followers",
        "organise the Lymm 10k, raised 10,000 for charity, my 10,000 followers",
    );
    check("yr 12 at kingsmead", "Year 12 at kingsmead");
    check("grade 4, 2:1", "grade 4, 2:1");
    check("GCSE maths 6 eng 6", "GCSE maths 6 eng 6");
}

#[test]
fn names_have_their_capitals_and_everyday_words_none() {
    check("postgres, docker, google cloud, jest", "PostgreSQL, Docker, Google Cloud, Jest");
    check("excel, word, react", "Excel, Word, React");
    check("punjabi + hindi", "Punjabi and Hindi");
    check("a Part-time ranger", "a part-time ranger");
    check("Patient, Organised", "patient, organised");
    check("Customer Service", "customer service");
    check("care assistant at Sunny Corner Nursery", "care assistant at Sunny Corner Nursery");
    check("FIXING BIKES, CARS WITH MY UNCLE", "fixing bikes, cars with my uncle");
    check("GCSES IN SUMMER", "GCSEs in summer");
    check("HPLC, GC-MS, EMIS", "HPLC, GC-MS, EMIS");
    check("lead st marks choir", "lead St Mark's choir");
    check("nvq, hgv and nmc pin", "NVQ, HGV and NMC PIN");
    check("A levels: maths A, physics B", "A levels: maths A, physics B");
    check("live in reading, good at reading", "live in Reading, good at reading");
    check("i can excel at this", "I can excel at this");
}

#[test]
fn names_in_small_letters_get_capitals() {
    let check = |text: &str, expect: &str| assert_eq!(name(text), expect, "{text}");
    check("aoife brennan", "Aoife Brennan");
    check("ewan mcdonald", "Ewan McDonald");
    check("siobhan o'neill", "Siobhan O'Neill");
    check("bronwen ellis-shaw", "Bronwen Ellis-Shaw");
    check("jan van der berg", "Jan van der Berg");
    check("brackley fresh foods", "Brackley Fresh Foods");
    check("marlow reed", "Marlow Reed");
    check("google", "Google");
    check("marks & spencer", "Marks & Spencer");
    check("JOHN SMITH", "John Smith");
    check("IBM", "IBM");
    check("M. Quaye", "M. Quaye");
    check("st marks primary school", "St Mark's Primary School");
    check("acme ltd", "Acme Ltd");
    check("L&Q", "L&Q");
}

#[test]
fn what_stands_beside_shorthand_may_give_it_another_meaning() {
    check("I can read a level", "I can read a level");
    check("a level maths", "A level maths");
    check("PPT (powered pallet truck)", "PPT (powered pallet truck)");
    check("reach truck, PPT, scanner", "reach truck, PPT, scanner");
    check("Word, PPT", "Word, PowerPoint");
    check("Ortho Vision", "Ortho Vision");
    check("Acas guides", "Acas guides");
}
