//! `qualite.html`: the quality report as one page that opens from disk, without network nor script.

use super::RapportQualite;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

/// The template of the page.
const MODELE: &str = include_str!("../../reports/templates/qualite.html");

/// The page. Every text of the report is escaped. `nombre` writes a number as pages do.
///
/// # Errors
/// Only if the template asks for what the report does not hold: a defect of ours.
pub fn ecrire_page(rapport: &RapportQualite, nombre: fn(f64) -> String) -> Result<String, minijinja::Error> {
    let mut environnement = Environment::new();
    environnement.set_auto_escape_callback(|_| AutoEscape::Html);
    environnement.set_undefined_behavior(UndefinedBehavior::Strict);
    environnement.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environnement.add_filter("nombre", move |valeur: f64| nombre(valeur));
    environnement.add_filter("date", en_date);
    environnement.add_template("qualite.html", MODELE)?;
    environnement
        .get_template("qualite.html")?
        .render(Value::from(Serde(rapport)))
        .map(|page| insecables(&page))
}

/// Non-breaking spaces inside « » and before a colon, but not in the lines to paste.
fn insecables(page: &str) -> String {
    let lier = |texte: &str| {
        texte
            .replace("« ", "«\u{a0}")
            .replace(" »", "\u{a0}»")
            .replace(" : ", "\u{a0}: ")
            .replace(" ; ", "\u{202f}; ")
    };
    let mut morceaux = page.split("<pre>");
    let mut texte_lie = morceaux.next().map(lier).unwrap_or_default();
    for morceau in morceaux {
        let (a_coller, suite) = morceau.split_once("</pre>").unwrap_or((morceau, ""));
        texte_lie.push_str("<pre>");
        texte_lie.push_str(a_coller);
        texte_lie.push_str("</pre>");
        texte_lie.push_str(&lier(suite));
    }
    texte_lie
}

/// `2024-12-31` → `31/12/2024`.
fn en_date(jour: &str) -> String {
    chrono::NaiveDate::parse_from_str(jour, "%Y-%m-%d")
        .map_or_else(|_| jour.to_owned(), |jour| jour.format("%d/%m/%Y").to_string())
}
