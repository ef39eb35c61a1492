//! A year of which a table tells a part.

use crate::pipeline::indices::Indice;
use crate::quality::{Bilan, Motif, Probleme, texte_sur};
use crate::sources::Genre;
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::{self, replier};
use crate::tables::{annee_comptee_en_mois, dit_ou_ses_chiffres_s_arretent, dit_ses_annees};
use chrono::Datelike;

/// A table of births, or of the activity, without its last year, if its title, or a note, says that it is counted in part:
/// « Activité au 30 septembre 2024 », « 2024 : 9 mois ». One that does not tell its years is of that of the source.
pub(super) fn sans_l_annee_inachevee(
    genre: Genre,
    tableau: &Tableau,
    de_la_source: i32,
    bilan: &mut Bilan,
) -> Option<Tableau> {
    if !matches!(genre, Genre::Naissances | Genre::Activite) {
        return None;
    }
    let sans_annee = !dit_ses_annees(genre, tableau);
    let par_lignes = |rang: usize| {
        let dite = || tableau.cellule(rang, "annee").and_then(|texte| valeurs::annee(texte).ok());
        if sans_annee { Some(de_la_source) } else { dite() }
    };
    let annees = (0..tableau.hauteur()).filter_map(par_lignes);
    let derniere = annees.chain(tableau.autres.iter().filter_map(ColonneTexte::annee)).max()?;
    let textes = tableau.titres.iter().map(|(_, titre)| titre).chain(&tableau.notes);
    let mut dits = textes.filter(|texte| annee_inachevee(texte) == Some(derniere));
    let detail = format!("{derniere} : « {} »", texte_sur(dits.next()?));
    let autre = |annee: Option<i32>| annee.is_none_or(|annee| annee != derniere);
    let gardees = (0..tableau.hauteur()).filter(|rang| autre(par_lignes(*rang)));
    let gardees: Vec<u32> = gardees.filter_map(|rang| u32::try_from(rang).ok()).collect();
    bilan.rejetees += u32::try_from(tableau.hauteur() - gardees.len()).unwrap_or(u32::MAX);
    let mut acheve = tableau.choisir(&gardees);
    acheve.autres.retain(|colonne| autre(colonne.annee()));
    bilan.noter(Probleme::new(Motif::AnneeInachevee, tableau.origine.lieu(), detail));
    Some(acheve)
}

/// The year that a text says to be counted in part.
fn annee_inachevee(texte: &str) -> Option<i32> {
    let du_jour = || {
        let indice = Indice::lire(texte, "")?;
        // « Géographie au 01/01/2024 » is of communes.
        let jour = indice.est_dans_l_annee() && !nomme_une_geographie(texte);
        (jour && dit_ou_ses_chiffres_s_arretent(texte)).then(|| indice.date.year())
    };
    annee_comptee_en_mois(texte).or_else(du_jour)
}

fn nomme_une_geographie(texte: &str) -> bool {
    let replie = replier(texte);
    ["geograph", "perimetre", "cog"].iter().any(|debut| replie.split(' ').any(|mot| mot.starts_with(debut)))
}
