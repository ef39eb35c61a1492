//! The columns that hold one year each of a count.

use std::collections::BTreeMap;

use super::entetes::{Force, PAR_ENTETE, PAR_MOTS, PAR_SURCHARGE, Reconnaisseur, citer, sans_annee};
use super::mots::{dit_une_autre_periode, est_etranger, est_neutre, plier_entete};
use super::{ColonneTexte, Disposition, Tableau};
use crate::quality::{Lieu, Motif, Probleme};

/// What a column is of whose header says a year and no count that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SansNom<'a> {
    /// Of none: the header must name one of the counts.
    Rien,
    /// Of this count, if the header says nothing but the year (`2024`, `au 31/12/2024`).
    Annee(&'a str),
    /// Of this count, whatever else the header says (`Relais 2024`), unless it tells that it is no count.
    Tout(&'a str),
}

/// The columns of a table that hold one year each of a count.
#[derive(Debug, Default)]
pub struct Annuelles<'t> {
    /// Year, field, column, in the order of the file.
    pub lues: Vec<(i32, String, &'t ColonneTexte)>,
    /// Year, field and columns where several may be the count: none is read.
    pub refusees: Vec<(i32, String, Vec<&'t ColonneTexte>)>,
}

/// A column that says nothing but a year.
const NUE: Force = PAR_MOTS - 1;
/// A column that says something else that is not known.
const AUTRE: Force = PAR_MOTS - 2;

impl Disposition {
    /// The field that a label names, among some: by an accepted header, else the only one whose words it holds.
    pub fn champ_nomme(&self, libelle: &str, parmi: &[&str]) -> Option<&str> {
        let surcharges = BTreeMap::new();
        let (nom, _) = Reconnaisseur::new(self, &surcharges).champ_nomme(libelle, |c| parmi.contains(&c))?;
        self.champs.get_key_value(nom).map(|(nom, _)| nom.as_str())
    }

    /// The columns that hold one year each of one of these counts. Of several for one year, the one that names the
    /// count best; where that does not settle it, all or none: those that are blank, or say the same as another,
    /// do not count.
    pub fn annuelles<'t>(
        &self,
        tableau: &'t Tableau,
        comptes: &[&str],
        sans_nom: SansNom<'_>,
    ) -> Annuelles<'t> {
        let surcharges = BTreeMap::new();
        let reconnaisseur = Reconnaisseur::new(self, &surcharges);
        let mut pretendantes: BTreeMap<(i32, String), Vec<(Force, &ColonneTexte)>> = BTreeMap::new();
        for (annee, colonne) in tableau.colonnes_annees() {
            let libelle = sans_annee(&colonne.entete, annee);
            let nomme = reconnaisseur.champ_nomme(&libelle, |c| comptes.contains(&c));
            let nomme = nomme.or_else(|| sans_nom.lire(&plier_entete(&libelle)));
            if let Some((champ, force)) = nomme {
                pretendantes.entry((annee, champ.to_owned())).or_default().push((force, colonne));
            }
        }
        // What the pipeline names for a count may be of a year too.
        for (champ, colonne) in comptes.iter().filter_map(|c| Some((c, tableau.colonne(c)?))) {
            if let Some(annee) = colonne.annee() {
                pretendantes.entry((annee, (*champ).to_owned())).or_default().push((PAR_SURCHARGE, colonne));
            }
        }
        let mut annuelles = Annuelles::default();
        for ((annee, champ), pretendantes) in pretendantes {
            match departager(&pretendantes).as_slice() {
                [seule] => annuelles.lues.push((annee, champ, seule)),
                plusieurs => annuelles.refusees.push((annee, champ, plusieurs.to_vec())),
            }
        }
        annuelles.lues.sort_by_key(|(.., colonne)| colonne.position);
        annuelles
    }
}

impl<'a> SansNom<'a> {
    fn lire(self, libelle: &str) -> Option<(&'a str, Force)> {
        match self {
            Self::Annee(champ) | Self::Tout(champ) if est_neutre(libelle) => Some((champ, NUE)),
            Self::Tout(champ) if !est_etranger(libelle) && !dit_une_autre_periode(libelle) => {
                Some((champ, AUTRE))
            }
            _ => None,
        }
    }
}

/// The strongest, without those that are blank or say the same as another: at least one.
fn departager<'t>(pretendantes: &[(Force, &'t ColonneTexte)]) -> Vec<&'t ColonneTexte> {
    let rang = |force: Force| if (PAR_MOTS..PAR_ENTETE).contains(&force) { PAR_MOTS } else { force };
    let remplies = || pretendantes.iter().filter(|(_, colonne)| !colonne.valeurs.est_vide());
    let Some(plus_forte) = remplies().map(|(force, _)| rang(*force)).max() else {
        return pretendantes.iter().take(1).map(|(_, colonne)| *colonne).collect();
    };
    let mut retenues: Vec<&ColonneTexte> = Vec::new();
    for (_, colonne) in remplies().filter(|(force, _)| rang(*force) == plus_forte) {
        if retenues.iter().all(|retenue| retenue.valeurs != colonne.valeurs) {
            retenues.push(colonne);
        }
    }
    retenues
}

impl Annuelles<'_> {
    /// True if there is no column of a year.
    pub fn est_vide(&self) -> bool {
        self.lues.is_empty() && self.refusees.is_empty()
    }

    /// Their years, in the order of the file; those of which no column is read come last.
    pub fn annees(&self) -> Vec<i32> {
        let lues = self.lues.iter().map(|(annee, ..)| *annee);
        lues.chain(self.refusees.iter().map(|(annee, ..)| *annee)).collect()
    }

    /// The positions of the columns that are read.
    pub fn positions(&self) -> Vec<u32> {
        self.lues.iter().map(|(.., colonne)| colonne.position).collect()
    }

    /// What is to be told of the years of which no column is read.
    pub fn problemes(&self, tableau: &Tableau) -> Vec<Probleme> {
        let dire = |(annee, _, colonnes): &(i32, String, Vec<&ColonneTexte>)| {
            let entetes = citer(colonnes.iter().map(|c| c.entete.as_str()));
            let detail = format!("pour {annee}, plusieurs colonnes conviennent : {entetes}");
            let lieu = Lieu { ligne: None, ..tableau.origine.lieu() };
            Probleme::new(Motif::ColonnesRivales, lieu, detail)
        };
        self.refusees.iter().map(dire).collect()
    }
}
