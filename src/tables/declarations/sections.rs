//! What the rows of a table of activity are of, beside their label: the title above them, the public or the unit beside.

use super::mesures::{self, MesureActivite};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use crate::tables::cases::ColonneDeComptes;

/// Units in which the activity of a relais is not counted.
const AUTRES_UNITES: [&str; 7] = ["heure", "h", "pourcent", "part", "taux", "euro", "jour"];

/// Whom contacts are with, as the names of measures say it, and how titles do.
const PUBLICS: [(&str, &[&str]); 4] = [
    (
        "contacts_domicile",
        &["garde a domicile", "gardes a domicile", "garde d enfants a domicile", "gardes d enfants"],
    ),
    (
        "contacts_am",
        &["assistant", "assistante", "assistants", "assistantes", "am", "professionnel", "professionnels"],
    ),
    ("contacts_familles", &["famille", "familles", "parent", "parents"]),
    // No contacts at all.
    ("", &["place", "places", "offre"]),
];

/// Words of a title that make of the rows below other counts than their labels say.
const AUTREMENT: [&str; 14] = [
    "participa",
    "present",
    "duree",
    "heure",
    "cout",
    "budget",
    "objectif",
    "distanci",
    "antenne",
    "abouti",
    "accueilli",
    "satisf",
    "prevision",
    "pourcent",
];

/// How the labels of measures begin that are with each of them.
const ABREGES: [(&str, &str); 3] = [
    ("contacts_domicile", "Contacts Gardes à domicile"),
    ("contacts_am", "Contacts AM"),
    ("contacts_familles", "Contacts des familles"),
];

/// Where the rows of a table stand.
pub(super) struct Sections<'t> {
    tableau: &'t Tableau,
    valeurs: Vec<&'t ColonneTexte>,
    public: Option<&'t ColonneTexte>,
    unite: Option<&'t ColonneTexte>,
    /// The title above the current row.
    titre: Option<&'t str>,
}

impl<'t> Sections<'t> {
    pub(super) fn new(tableau: &'t Tableau, colonnes: &[(Option<i32>, ColonneDeComptes<'t>)]) -> Self {
        let valeurs = colonnes.iter().filter_map(|(_, colonne)| colonne.colonne()).collect();
        let nommee = |noms: &[&str]| {
            tableau.autres.iter().find(|colonne| noms.contains(&replier(&colonne.entete).as_str()))
        };
        let public =
            nommee(&["public", "publics", "categorie", "rubrique", "mission", "famille", "type", "section"]);
        Self { tableau, valeurs, public, unite: nommee(&["unite", "unites"]), titre: None }
    }

    /// True for a row that only names those below.
    pub(super) fn est_un_titre(&mut self, rang: usize, libelle: &'t str) -> bool {
        let vide = self.valeurs.iter().all(|colonne| colonne.valeurs.get(rang).is_none());
        let seul = self.tableau.textes(rang).count() == 1;
        let suivie = rang + 1 < self.tableau.hauteur()
            && self.valeurs.iter().any(|colonne| colonne.valeurs.get(rang + 1).is_some());
        // A note below the table is no measure of which nothing is known.
        if vide && seul && !suivie && mesures::reconnaitre(libelle).is_none() {
            return true;
        }
        // A measure of which nothing is known may be a title as well: it is both.
        if vide && seul && suivie && !self.valeurs.is_empty() {
            self.titre = Some(libelle);
            return mesures::reconnaitre(libelle).is_none();
        }
        false
    }

    /// The unit of a row, if nothing is counted in it.
    pub(super) fn autre_unite(&self, rang: usize) -> Option<&'t str> {
        let unite = self.unite?.valeurs.get(rang)?;
        let replie = replier(unite);
        let autre = unite.contains(['%', '€'])
            || replie
                .split(' ')
                .any(|mot| AUTRES_UNITES.iter().any(|autre| mot.trim_end_matches('s') == *autre));
        autre.then_some(unite)
    }

    /// The label with what it stands under.
    pub(super) fn nommer(&self, rang: usize, libelle: &str) -> String {
        self.au_dessus(rang).map_or_else(|| libelle.to_owned(), |titre| format!("{titre} : {libelle}"))
    }

    /// The measure of a row: that of the title and of the label, or that of the label if the title says nothing else.
    pub(super) fn mesure(&self, rang: usize, libelle: &str) -> Option<&'static MesureActivite> {
        let seule = mesures::reconnaitre(libelle);
        let Some(titre) = self.au_dessus(rang) else { return seule };
        // « Participants », « Coût », « Objectifs » over « Ateliers d’éveil »: another count of the same thing.
        let replie = replier(titre);
        // « Séances en présentiel » are the séances themselves.
        let autrement = |mot: &str| {
            !mot.starts_with("presentiel") && AUTREMENT.iter().any(|debut| mot.starts_with(debut))
        };
        if replie.split(' ').any(autrement) {
            return mesures::reconnaitre(&format!("{titre} : {libelle}"));
        }
        if let Some(entiere) = mesures::reconnaitre(&format!("{titre} : {libelle}")) {
            return Some(entiere);
        }
        let demandes = replier(titre).split(' ').any(|mot| mot.starts_with("demand"));
        let Some(public) = public(titre).filter(|_| !demandes) else { return seule };
        let abrege = ABREGES.iter().find(|(debut, _)| *debut == public);
        if let Some(entiere) = abrege.and_then(|(_, dit)| mesures::reconnaitre(&format!("{dit} : {libelle}")))
        {
            return Some(entiere);
        }
        // « Contrat de travail » under « Contacts des assistants maternels » is no contact of a family.
        let mesure = seule?;
        let contacts = mesure.id.starts_with("contacts_");
        let dit_son_public = self::public(libelle).is_some();
        let contraire = if public.is_empty() {
            contacts || mesure.id.starts_with("demandes_")
        } else {
            contacts && !mesure.id.starts_with(public)
        };
        (!contraire || dit_son_public).then_some(mesure)
    }

    fn au_dessus(&self, rang: usize) -> Option<&'t str> {
        self.public.and_then(|colonne| colonne.valeurs.get(rang)).or(self.titre)
    }
}

/// Whom a text speaks of: how the names of the measures of their contacts begin.
fn public(texte: &str) -> Option<&'static str> {
    let replie = format!(" {} ", replier(texte));
    let dit = |mots: &[&str]| mots.iter().any(|mot| replie.contains(&format!(" {mot} ")));
    PUBLICS.iter().find(|(_, mots)| dit(mots)).map(|(public, _)| *public)
}

/// « B/A x 100 », « Taux (C/D) »: what the form divides.
pub(super) fn est_un_taux(libelle: &str) -> bool {
    let replie = replier(libelle);
    let mots: Vec<&str> = replie.split(' ').collect();
    let lettre = |mot: &str| mot.len() == 1 && mot.starts_with(|c: char| c.is_ascii_alphabetic());
    let rapport = mots.windows(2).any(|paire| lettre(paire[0]) && lettre(paire[1]));
    libelle.contains('/')
        && rapport
        && (mots.contains(&"100") || mots[0] == "taux" || mots.len() <= 4)
        && mesures::reconnaitre(libelle).is_none()
}
