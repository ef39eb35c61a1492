//! What every picture has around its data: title, subtitle, sources, note; and the axes of a panel.

use super::toile::{Ancre, CAPITALES, Texte, Toile, couper, largeur, pt};
use crate::deliverables::look::{self, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, Periode, SourceCitee, reserve};
use crate::indicators::{Figure, Niveau, Statut};
use chrono::{Datelike, NaiveDate};
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;
use std::collections::{BTreeMap, BTreeSet};

/// Size of a chart, mm.
pub(crate) const LARGEUR: f64 = 160.0;
/// Size of a chart, mm.
pub(crate) const HAUTEUR: f64 = 100.0;
/// Height of a bare picture, mm: with [`LARGEUR`], the room of a slide, where letters are twice as large.
pub(crate) const HAUTEUR_NUE: f64 = 72.0;

/// A rectangle of the canvas, mm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zone {
    pub(crate) gauche: f64,
    pub(crate) haut: f64,
    pub(crate) droite: f64,
    pub(crate) bas: f64,
}

impl Zone {
    pub(crate) fn largeur(&self) -> f64 {
        self.droite - self.gauche
    }

    pub(crate) fn hauteur(&self) -> f64 {
        self.bas - self.haut
    }

    pub(crate) fn milieu_x(&self) -> f64 {
        f64::midpoint(self.gauche, self.droite)
    }
}

/// The texts around a chart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habillage {
    pub(crate) titre: String,
    pub(crate) sous_titre: String,
    /// What the reader must know to read the picture; empty if nothing.
    pub(crate) note: String,
    pub(crate) source: String,
}

impl Habillage {
    /// Writes the texts; gives what is left for the data.
    pub(crate) fn poser(&self, toile: &mut Toile) -> Zone {
        let (gauche, droite) = (corps::MARGE, toile.largeur - corps::MARGE);
        let largeur = droite - gauche;
        let mut y = corps::MARGE;
        for ligne in couper(&self.titre, largeur, corps::TITRE, Graisse::Gras) {
            y += pt(corps::TITRE) * if y > corps::MARGE { 1.25 } else { CAPITALES };
            toile.texte(Texte::new(ligne, gauche, y, corps::TITRE).gras());
        }
        for (rang, ligne) in
            couper(&self.sous_titre, largeur, corps::SOUS_TITRE, Graisse::Normal).into_iter().enumerate()
        {
            y += pt(corps::SOUS_TITRE) * if rang == 0 { 1.75 } else { 1.3 };
            toile.texte(Texte::new(ligne, gauche, y, corps::SOUS_TITRE).pale());
        }
        Zone { gauche, haut: y + 5.0, droite, bas: self.poser_pied(toile) }
    }

    /// The whole canvas for the data: what is said of them stands elsewhere on the slide, see [`Self::pied`].
    pub(crate) fn laisser_nue(toile: &Toile) -> Zone {
        let marge = corps::MARGE / 2.0;
        Zone { gauche: marge, haut: marge, droite: toile.largeur - marge, bas: toile.hauteur - marge }
    }

    /// Subtitle, notes and sources as one text.
    pub(crate) fn pied(&self) -> String {
        let dits = [format!("{}.", self.sous_titre), self.note.clone(), self.source.clone()];
        dits.iter().map(String::as_str).filter(|dit| dit.len() > 1).collect::<Vec<_>>().join(" ")
    }

    /// Notes then sources, from the bottom up; gives the height where the data must end.
    fn poser_pied(&self, toile: &mut Toile) -> f64 {
        let (gauche, droite) = (corps::MARGE, toile.largeur - corps::MARGE);
        let mut lignes = Vec::new();
        for texte in [&self.note, &self.source] {
            lignes.extend(couper(texte, droite - gauche, corps::NOTE, Graisse::Normal));
        }
        let interligne = pt(corps::NOTE) * 1.4;
        let mut y = toile.hauteur - corps::MARGE + pt(corps::NOTE) * 0.3;
        for ligne in lignes.into_iter().rev() {
            toile.texte(Texte::new(ligne, gauche, y, corps::NOTE).pale());
            y -= interligne;
        }
        y -= 0.4;
        toile.segment((gauche, y), (droite, y), palette::GRILLE, 0.15);
        y - 3.0
    }
}

/// The line of sources of the figures, in the order in which they are met:
/// « Source : PMI, listes du 31/12/2019 au 31/12/2024. »
pub(crate) fn citer<'a>(contexte: &Contexte<'_>, figures: impl IntoIterator<Item = &'a Figure>) -> String {
    let libelles = citations(contexte, figures);
    match libelles.len() {
        0 => String::new(),
        1 => format!("Source{ESPACE_INSECABLE}: {}.", libelles[0]),
        _ => format!("Sources{ESPACE_INSECABLE}: {}.", libelles.join("\u{202f}; ")),
    }
}

/// The sources of the figures with their dates, in the order in which they are met.
pub(crate) fn citations<'a>(
    contexte: &Contexte<'_>,
    figures: impl IntoIterator<Item = &'a Figure>,
) -> Vec<String> {
    let mut ids: Vec<&str> = Vec::new();
    for figure in figures.into_iter().filter(|f| f.statut != Statut::NonDisponible) {
        for id in figure.sources.split(';').map(str::trim).filter(|id| !id.is_empty()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    // An identifier that nobody explained is still better than a figure without a source.
    let inconnue = |id: &str| SourceCitee {
        libelle: id.to_owned(),
        fichier: String::new(),
        date: None,
        periode: Periode::Aucune,
        non_comptees: 0,
    };
    let citees: Vec<SourceCitee> =
        ids.iter().map(|id| contexte.sources.get(*id).cloned().unwrap_or_else(|| inconnue(id))).collect();
    regrouper(&citees)
}

/// Joins the millésimes of one source, in the order of their first mention.
pub(crate) fn regrouper(sources: &[SourceCitee]) -> Vec<String> {
    let mut groupes: Vec<(&str, Periode, BTreeSet<NaiveDate>, u32)> = Vec::new();
    for source in sources {
        let meme = |g: &&mut (&str, Periode, _, _)| (g.0, g.1) == (&source.libelle, source.periode);
        if let Some(groupe) = groupes.iter_mut().find(meme) {
            groupe.2.extend(source.date);
            groupe.3 += source.non_comptees;
        } else {
            let jours = source.date.into_iter().collect();
            groupes.push((&source.libelle, source.periode, jours, source.non_comptees));
        }
    }
    groupes
        .into_iter()
        .map(|(libelle, periode, jours, non_comptees)| {
            let millesimes = dire_les_millesimes(periode, &jours.into_iter().collect::<Vec<_>>());
            format!("{libelle}{millesimes}{}", reserve(non_comptees))
        })
        .collect()
}

/// What follows the name of a source: « , liste au 31/12/2024 », « de 2019 à 2024 »; `jours` in order.
fn dire_les_millesimes(periode: Periode, jours: &[NaiveDate]) -> String {
    let mut annees: Vec<i32> = jours.iter().map(NaiveDate::year).collect();
    annees.dedup();
    // A list of some of the years is not those of all of them.
    let d_affilee = annees.windows(2).all(|paire| paire[1] - paire[0] <= 1);
    match (periode, jours) {
        (Periode::Liste, [_, _, _, ..]) if !d_affilee => format!(", listes de {}", look::annees(&annees)),
        (Periode::Aucune, _) | (_, []) => String::new(),
        (Periode::Annee, _) => format!(" {}", look::annees(&annees)),
        (Periode::Liste, [jour]) => format!(", liste au {}", look::date(*jour)),
        (Periode::Jour, [jour]) => format!(" au {}", look::date(*jour)),
        (Periode::Liste, [un, autre]) => {
            format!(", listes des {} et {}", look::date(*un), look::date(*autre))
        }
        (Periode::Jour, [un, autre]) => format!(" aux {} et {}", look::date(*un), look::date(*autre)),
        (Periode::Liste, [premier, .., dernier]) => {
            format!(", listes du {} au {}", look::date(*premier), look::date(*dernier))
        }
        (Periode::Jour, [premier, .., dernier]) => {
            format!(" du {} au {}", look::date(*premier), look::date(*dernier))
        }
    }
}

/// When the figures were observed: « au 31 décembre de chaque année », « au 31/12/2024 », or nothing.
pub(crate) fn dates<'a>(figures: impl IntoIterator<Item = &'a Figure>) -> String {
    let jours: BTreeSet<NaiveDate> =
        figures.into_iter().filter(|f| f.statut.est_connu()).filter_map(|f| f.date_observation).collect();
    let jours: Vec<NaiveDate> = jours.into_iter().collect();
    match jours.as_slice() {
        [] => String::new(),
        [jour] => format!("au {}", look::date(*jour)),
        [premier, reste @ ..] => {
            let meme = reste.iter().all(|j| (j.day(), j.month()) == (premier.day(), premier.month()));
            if meme {
                format!("au {} de chaque année", look::jour_et_mois(*premier))
            } else {
                let dernier = reste.last().unwrap_or(premier);
                format!("du {} au {}", look::date(*premier), look::date(*dernier))
            }
        }
    }
}

/// The parts of a subtitle that are not empty, separated by a middle dot.
pub(crate) fn sous_titre(parties: &[&str]) -> String {
    let parties: Vec<&str> = parties.iter().copied().filter(|p| !p.is_empty()).collect();
    parties.join(" · ")
}

/// What the reader must know of those figures: abbreviations met, estimates, partial sums.
/// `estime` says how an estimated value is drawn. Each figure comes with the name of its series, empty
/// if the picture has only one.
pub(crate) fn notes<'a>(figures: impl IntoIterator<Item = (&'a str, &'a Figure)>, estime: &str) -> String {
    let mut manques = BTreeSet::new();
    let mut a_des_estimes = false;
    let mut series = BTreeSet::new();
    let mut partielles: BTreeMap<(u32, u32), BTreeMap<&str, BTreeSet<i32>>> = BTreeMap::new();
    for (nom, figure) in figures {
        series.insert(nom);
        if figure.statut.abreviation().is_some() {
            manques.insert(figure.statut);
        }
        a_des_estimes |= figure.statut == Statut::Estime;
        if figure.statut.est_connu() && figure.parties < figure.parties_attendues {
            let parts = (figure.parties, figure.parties_attendues);
            partielles.entry(parts).or_default().entry(nom).or_default().insert(figure.annee);
        }
    }
    let mut phrases = Vec::new();
    for (court, long) in manques.into_iter().filter_map(Statut::abreviation) {
        phrases.push(format!("{court}{ESPACE_INSECABLE}: {}.", sans_deux_points(long)));
    }
    if a_des_estimes {
        phrases.push(format!("{estime}{ESPACE_INSECABLE}: valeur estimée."));
    }
    for (parts, par_serie) in partielles {
        phrases.extend(sommes_partielles(parts, &par_serie, series.len()));
    }
    phrases.join(" ")
}

/// What the collective care of years before the census is: said wherever such a year is shown; nothing if none is.
pub(crate) fn collectif_passe(
    contexte: &Contexte<'_>,
    (niveau, code): (Niveau, &str),
    annees: impl IntoIterator<Item = i32>,
) -> &'static str {
    let estimee = |annee: i32| {
        let figure = contexte.table.figure(niveau, code, "eaje_places", "", annee);
        figure.is_some_and(|f| f.statut == Statut::Estime)
    };
    if annees.into_iter().any(estimee) {
        "Accueil collectif, années d’avant le recensement\u{a0}: les établissements que le recensement connaît, avec leurs places d’aujourd’hui\u{202f}; ceux qui ont fermé depuis peuvent y manquer."
    } else {
        ""
    }
}

/// « non diffusé : secret statistique » → « non diffusé (secret statistique) », to stand after a colon.
fn sans_deux_points(texte: &str) -> String {
    texte
        .split_once(" : ")
        .map_or_else(|| texte.to_owned(), |(quoi, pourquoi)| format!("{quoi} ({pourquoi})"))
}

/// Sums that lack some communes: said once if it is so for every series, else series by series.
fn sommes_partielles(
    (connues, attendues): (u32, u32),
    par_serie: &BTreeMap<&str, BTreeSet<i32>>,
    series: usize,
) -> Vec<String> {
    let somme = |annees: &BTreeSet<i32>| {
        let annees: Vec<i32> = annees.iter().copied().collect();
        let connues = look::compter(f64::from(connues), "commune", "communes");
        format!("omme de {connues} sur {attendues} {}.", look::en_annees(&annees))
    };
    let distinctes: BTreeSet<&BTreeSet<i32>> = par_serie.values().collect();
    match distinctes.first() {
        Some(annees) if distinctes.len() == 1 && par_serie.len() == series => {
            vec![format!("S{}", somme(annees))]
        }
        _ => par_serie
            .iter()
            .map(|(nom, annees)| format!("{nom}{ESPACE_INSECABLE}: s{}", somme(annees)))
            .collect(),
    }
}

/// A vertical scale that holds zero.
#[derive(Debug, Clone)]
pub(crate) struct Panneau {
    pub(crate) zone: Zone,
    minimum: f64,
    maximum: f64,
    graduations: Vec<f64>,
}

impl Panneau {
    /// A panel whose scale holds zero and every value, and whose graduations are round.
    pub(crate) fn new(zone: Zone, minimum: f64, maximum: f64) -> Self {
        let (minimum, maximum) = (minimum.min(0.0), maximum.max(1.0));
        // Plotters finds the round numbers; at most six of them.
        let echelle: RangedCoordf64 = (minimum..maximum).into();
        let graduations = echelle.key_points(BoldPoints(6));
        Self { zone, minimum, maximum, graduations }
    }

    /// Only whole graduations: of what is counted one by one, a half says nothing.
    pub(crate) fn entier(mut self) -> Self {
        self.graduations.retain(|g| g.fract() == 0.0);
        self
    }

    pub(crate) fn y(&self, valeur: f64) -> f64 {
        self.zone.bas - (valeur - self.minimum) / (self.maximum - self.minimum) * self.zone.hauteur()
    }

    /// Light lines across the panel, their values on the left, and the base line at zero.
    pub(crate) fn quadriller(&self, toile: &mut Toile, ecrire: impl Fn(f64) -> String) {
        for graduation in &self.graduations {
            let y = self.y(*graduation);
            let nul = *graduation == 0.0;
            let (couleur, epaisseur) = if nul { (palette::AXE, 0.25) } else { (palette::GRILLE, 0.15) };
            toile.segment((self.zone.gauche, y), (self.zone.droite, y), couleur, epaisseur);
            toile.texte(
                Texte::new(ecrire(*graduation), self.zone.gauche - 1.5, y, corps::AXE)
                    .pale()
                    .ancre(Ancre::Fin)
                    .centre_sur(y),
            );
        }
    }
}

/// The name of a commune on lines of at most `maximum` mm, cut at its spaces and hyphens too; what does not
/// hold on `lignes` lines ends with « … ».
pub(crate) fn nom_en_lignes(nom: &str, maximum: f64, corps: f64, lignes: usize) -> Vec<String> {
    let tient = |texte: &str| largeur(texte.trim_end(), corps, Graisse::Gras) <= maximum;
    let mut coupees: Vec<String> = vec![String::new()];
    for morceau in nom.split_inclusive(['-', ' ']) {
        match coupees.last_mut() {
            Some(derniere) if derniere.is_empty() || tient(&format!("{derniere}{morceau}")) => {
                derniere.push_str(morceau);
            }
            _ => coupees.push(morceau.to_owned()),
        }
    }
    if coupees.len() > lignes {
        coupees.truncate(lignes);
        if let Some(derniere) = coupees.last_mut() {
            *derniere = format!("{}…", derniere.trim_end());
        }
    }
    coupees
}

/// The years from the first to the last known figure of the series: inner gaps stay, outer ones go.
pub(crate) fn annees_connues<'a>(series: impl IntoIterator<Item = &'a [Figure]>) -> Vec<i32> {
    let connues: BTreeSet<i32> =
        series.into_iter().flatten().filter(|f| f.statut.est_connu()).map(|f| f.annee).collect();
    match (connues.first(), connues.last()) {
        (Some(premiere), Some(derniere)) => (*premiere..=*derniere).collect(),
        _ => Vec::new(),
    }
}

/// The figure of that year.
pub(crate) fn de(serie: &[Figure], annee: i32) -> Option<&Figure> {
    serie.iter().find(|f| f.annee == annee)
}

/// The value of that year, if it is known.
pub(crate) fn valeur(serie: &[Figure], annee: i32) -> Option<f64> {
    de(serie, annee).filter(|f| f.statut.est_connu()).and_then(|f| f.valeur)
}

/// What stands in place of the value of that year; a year that the table does not hold is `n.d.`.
pub(crate) fn a_la_place(serie: &[Figure], annee: i32) -> &'static str {
    de(serie, annee).and_then(|f| f.statut.abreviation()).map_or("n.d.", |(court, _)| court)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(libelle: &str, periode: Periode, annee: i32) -> SourceCitee {
        SourceCitee {
            libelle: libelle.to_owned(),
            fichier: String::new(),
            date: NaiveDate::from_ymd_opt(annee, 12, 31),
            periode,
            non_comptees: 0,
        }
    }

    #[test]
    fn les_millesimes_d_une_source_se_disent_en_une_fois() {
        let sources = [
            source("PMI", Periode::Liste, 2019),
            source("PMI", Periode::Liste, 2024),
            source("PMI", Periode::Liste, 2022),
            source("Caf, imaje", Periode::Annee, 2023),
            source("Caf, imaje", Periode::Annee, 2022),
            source("Caf, imaje", Periode::Annee, 2021),
            source("Recensement des structures", Periode::Jour, 2024),
            source("Insee, état civil", Periode::Aucune, 2024),
        ];
        assert_eq!(
            regrouper(&sources),
            [
                "PMI, listes de 2019, 2022 et 2024",
                "Caf, imaje de 2021 à 2023",
                "Recensement des structures au 31/12/2024",
                "Insee, état civil",
            ]
        );
        assert_eq!(regrouper(&sources[1..2]), ["PMI, liste au 31/12/2024"]);
        assert_eq!(regrouper(&sources[..2]), ["PMI, listes des 31/12/2019 et 31/12/2024"]);
        let suivies = [2022, 2023, 2024].map(|annee| source("PMI", Periode::Liste, annee));
        assert_eq!(regrouper(&suivies), ["PMI, listes du 31/12/2022 au 31/12/2024"]);
        let trouees = [&sources[3], &sources[5]].map(Clone::clone);
        assert_eq!(regrouper(&trouees), ["Caf, imaje 2021 et 2023"], "2022 n’y est pas");
        let sans_date = SourceCitee { date: None, ..sources[0].clone() };
        assert_eq!(regrouper(&[sans_date]), ["PMI"]);
    }

    #[test]
    fn un_nom_long_se_coupe_a_ses_traits_d_union() {
        let nom = "Saint-Théodulphe-de-la-Bruyère-sous-Vendrelle";
        let lignes = nom_en_lignes(nom, 30.0, 6.5, 3);
        assert!(lignes.len() > 1 && lignes.concat() == nom, "{lignes:?}");
        assert!(
            nom_en_lignes(nom, 30.0, 6.5, 1)[0].ends_with("-…")
                && nom_en_lignes("Oux", 30.0, 6.5, 1) == ["Oux"]
        );
    }

    #[test]
    fn l_echelle_part_de_zero_et_contient_les_valeurs() {
        let zone = Zone { gauche: 0.0, haut: 0.0, droite: 100.0, bas: 50.0 };
        for maximum in [0.0, 3.0, 11.0, 407.0, 1395.0, 98_765.0] {
            let panneau = Panneau::new(zone, 0.0, maximum);
            assert!((panneau.y(0.0) - 50.0).abs() < 1e-9);
            assert!(panneau.y(maximum) >= -1e-9);
            let graduations = &panneau.graduations;
            assert!((2..=6).contains(&graduations.len()), "{maximum} : {graduations:?}");
            assert!(graduations.contains(&0.0), "{maximum} : {graduations:?}");
        }
        let panneau = Panneau::new(zone, -54.0, 16.0);
        assert!(panneau.y(-54.0) <= 50.0 + 1e-9 && panneau.y(16.0) >= -1e-9);
        assert!(panneau.graduations.contains(&0.0));
    }
}
