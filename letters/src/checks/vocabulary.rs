//! Lists of words that several rules go by.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words to be looked up.
pub(super) type Words = BTreeSet<&'static str>;

/// The words of a text, which is easier to read and to add to than a list of strings.
pub(super) fn list(words: &'static str) -> Words {
    words.split_whitespace().collect()
}

/// Names of skills that are not words of everyday language. Only their usual spelling counts.
pub(super) const SKILLS: [&str; 84] = [
    "Airflow",
    "Angular",
    "Ansible",
    "AutoCAD",
    "AWS",
    "Azure",
    "Bash",
    "C#",
    "C++",
    "Canva",
    "CAD",
    "CSS",
    "Django",
    "Docker",
    "Elasticsearch",
    "Excel",
    "Fastapi",
    "Figma",
    "Flask",
    "GCP",
    "Git",
    "GitHub",
    "Golang",
    "Google Analytics",
    "Grafana",
    "GraphQL",
    "HACCP",
    "Hadoop",
    "HTML",
    "HubSpot",
    "IFRS",
    "Illustrator",
    "InDesign",
    "JavaScript",
    "Java",
    "Jenkins",
    "Jira",
    "Kafka",
    "Keras",
    "Kotlin",
    "Kubernetes",
    "LaTeX",
    "Linux",
    "Matlab",
    "MATLAB",
    "MongoDB",
    "MySQL",
    "NLP",
    "Node.js",
    "NumPy",
    "OpenCV",
    "Pandas",
    "Perl",
    "Photoshop",
    "PHP",
    "Postgres",
    "PostgreSQL",
    "Power BI",
    "Prometheus",
    "Python",
    "PyTorch",
    "QuickBooks",
    "React",
    "Redis",
    "REST",
    "SAP",
    "Salesforce",
    "Scala",
    "Scikit-learn",
    "scikit-learn",
    "SEO",
    "SolidWorks",
    "Spark",
    "SPSS",
    "SQL",
    "Stata",
    "Swift",
    "Tableau",
    "TensorFlow",
    "Terraform",
    "TypeScript",
    "Unity",
    "Vue",
    "Xero",
];

/// Words that hold a sentence together. Lower case.
pub(super) static SMALL: LazyLock<Words> = LazyLock::new(|| {
    list(
        "a an the of in on at for with to by from as and or nor but is are was were be been being am i i'm \
         i've my me mine myself we our us you your yours he she it its they them their this that these those \
         there here who which what where when how why if not no so too very more most some any all each every \
         other such than then also into over under about between within during up out off per via will would \
         can could should may must shall do does did have has had having etc s t",
    )
});

/// Words of every job advert, and traits that anybody may call their own. Lower case.
pub(super) static GENERIC: LazyLock<Words> = LazyLock::new(|| {
    list(
        "ability able abilities aptitude attitude attention detail detailed details background based basic \
         benefit candidate candidates career clean clear commitment committed communicate communication \
         communicator competent competence confident considerable current currently daily dedicated \
         dedication demonstrable demonstrated desirable desire desired drive driven eager effective \
         effectively efficient energetic energy enthusiasm enthusiastic environment equivalent essential \
         evidence excellent exceptional experience experienced expert expertise familiar familiarity fast \
         flexible flexibility fluent fluency focus focused full fully good great hard hardworking help \
         helpful high highly hold holding ideal ideally independence independent independently individual \
         industry initiative interest interested interpersonal interview interviews job join keen know \
         knowledge large leader leadership learn least level like look looking love minimum minded motivated \
         motivation necessary need needed needs nice offer organisation organisational organised organization \
         organizational organized outstanding paced part passion passionate patience person personality \
         player please plus position positive possess practical prefer preferably preferred pressure previous \
         prior proactive problem problems professional professionalism proficiency proficient proven \
         qualification qualifications qualified qualities quality quick quickly record recent related \
         relevant reliable reliability require required requirement requirements requires requiring \
         responsible responsibility right role seek seeking seeks self similar skill skilled skills solid \
         solver solving someone somebody sound spoken starter strong substantial successful suitable task \
         tasks team teams teamwork thinker thinking time track understand understanding use used using valid \
         verbal warm ways welcome well wide willing willingness work worker working world written write \
         writing year years month months week weeks day days half punctual punctuality friendly polite calm \
         careful honest honesty curious curiosity creative creativity adaptable adaptability trustworthy tidy \
         kind caring empathy empathetic resilient resilience ambitious ambition multitask multitasking \
         deadline deadlines analytical critical decision making take taking bring bringing get make think \
         meet proud ready own people oriented environments manner approach nature sense humour humor ethic \
         ethics bonus advantage advantageous asset",
    )
});

/// Words that are told from others only beside a telling one: "acute care", not "care". Stems.
pub(super) static WEAK: LazyLock<Words> = LazyLock::new(|| {
    list(
        "colleagu school shift paid lif hom hous night weekend even morn phon comput room hand volum clos car servic customer client patient management project plann support data softwar business sal health \
         child children peopl production research design development community offic public staff system tool \
         train material product market area sector standard process",
    )
});

/// What is written on paper. Stems.
pub(super) const CREDENTIALS: [&str; 6] = ["licenc", "certificat", "degre", "diploma", "permit", "doctorat"];

/// Words for how many: figures have rules of their own. Lower case.
pub(super) static NUMBERS: LazyLock<Words> = LazyLock::new(|| {
    list(
        "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty \
         sixty ninety hundred first second third several few many both",
    )
});
