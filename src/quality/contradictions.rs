//! Contradictions between sources, side by side with their dates. Nothing is ever averaged: the first
//! source that the pipeline names is kept, and the person is told. What that source withholds and another
//! one gives is no contradiction: it is told too.

use super::matiere::{date_du_jour, parcourir_comptes};
use super::{Bilans, Lieu, Matiere, Motif, Probleme, Statut};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One value, and who gives it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ValeurDonnee {
    /// Identifier of the source.
    #[serde(skip)]
    pub source: String,
    /// How pages cite it, with what it counts when the two differ.
    pub libelle: String,
    /// Day that the source speaks of.
    pub date: Option<NaiveDate>,
    /// The value.
    pub valeur: f64,
    /// True if the figures of the report come from it.
    pub retenue: bool,
}

/// Two or more sources that do not say the same.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Contradiction {
    /// [`Motif::ValeursContraires`] or [`Motif::ComptesContraires`].
    #[serde(skip)]
    pub motif: Motif,
    /// What is counted.
    pub quoi: String,
    /// Code of the commune; empty for the whole territory.
    pub code: String,
    /// Its name, or that of the territory.
    pub commune: String,
    /// Year.
    pub annee: i32,
    /// What each says, the one that is kept first.
    pub valeurs: Vec<ValeurDonnee>,
}

impl Contradiction {
    /// The largest gap between two of the values.
    pub fn ecart(&self) -> f64 {
        let valeurs = || self.valeurs.iter().map(|v| v.valeur);
        valeurs().fold(f64::MIN, f64::max) - valeurs().fold(f64::MAX, f64::min)
    }

    /// As a sentence, without a final stop.
    fn detail(&self) -> String {
        let dire = |v: &ValeurDonnee| {
            let date = v.date.map(|d| format!(" au {}", d.format("%d/%m/%Y"))).unwrap_or_default();
            let retenue = if v.retenue { ", retenu" } else { "" };
            format!("{} d’après « {} »{date}{retenue}", v.valeur, v.libelle)
        };
        let valeurs: Vec<String> = self.valeurs.iter().map(dire).collect();
        let code = if self.code.is_empty() { String::new() } else { format!(" ({})", self.code) };
        format!("{}, {}{code}, {} : {}", self.quoi, self.commune, self.annee, valeurs.join(" ; "))
    }
}

/// Contradictions, and what is told to the tally of each source that takes the place of another.
pub type Trouvees = (Vec<Contradiction>, Vec<(String, Probleme)>);

/// Every contradiction of a run, the last years first, then the widest gaps; and, for the tally of the source that gives
/// them, the figures that a source named before it withholds or does not know: what is published stays published, but one
/// must know by whom.
///
/// # Errors
/// Only if a frame lacks a column of its canonical table.
pub fn chercher(matiere: &Matiere<'_>) -> PolarsResult<Trouvees> {
    let plusieurs = dites_plusieurs_fois(matiere)?;
    let completees = completees(matiere, &plusieurs);
    let mut trouvees = entre_comptes(matiere, &plusieurs);
    trouvees.extend(mam(matiere)?);
    trouvees.extend(actifs_et_agrees(matiere)?);
    trouvees.extend(plus_que_tous(matiere)?);
    trouvees.extend(super::declarations::chercher(matiere)?);
    trouvees.sort_by(|a, b| {
        (b.annee.cmp(&a.annee))
            .then(b.ecart().total_cmp(&a.ecart()))
            .then_with(|| (&a.quoi, &a.code).cmp(&(&b.quoi, &b.code)))
    });
    Ok((trouvees, completees))
}

/// Tells each contradiction to the tally of the source that is not kept.
pub fn noter(contradictions: &[Contradiction], bilans: &mut Bilans) {
    for contradiction in contradictions {
        let Some(autre) = contradiction.valeurs.iter().rev().find(|v| !v.retenue) else { continue };
        if let Some(bilan) = bilans.0.iter_mut().find(|b| b.source == autre.source) {
            let lieu = Lieu::fichier(&bilan.fichier);
            bilan.noter(
                Probleme::new(contradiction.motif, lieu, contradiction.detail())
                    .avec_valeur(autre.valeur.to_string()),
            );
        }
    }
}

/// Year, commune, measure.
type Cle<'m> = (i32, &'m str, &'m str);

/// What one source says of a figure.
#[derive(Clone, Copy)]
struct Dite<'m> {
    source: &'m str,
    valeur: Option<f64>,
    statut: u32,
}

impl Dite<'_> {
    /// The value, if it is whole: a sum that lacks parts contradicts nothing.
    fn entiere(&self) -> Option<f64> {
        self.valeur.filter(|_| self.statut == Statut::Observe.rang())
    }

    /// Why the source is not kept.
    fn lacune(&self) -> &'static str {
        match (self.valeur, self.statut == Statut::SecretSource.rang()) {
            (Some(_), _) => "n’en connaît qu’une partie",
            (None, true) => "le garde secret",
            (None, false) => "ne le connaît pas",
        }
    }
}

/// What the sources say of the figures that several speak of, in the order of the pipeline.
fn dites_plusieurs_fois<'m>(matiere: &Matiere<'m>) -> PolarsResult<BTreeMap<Cle<'m>, Vec<Dite<'m>>>> {
    let mut premieres: PlHashMap<Cle<'m>, Dite<'m>> = PlHashMap::default();
    let mut plusieurs: BTreeMap<Cle<'m>, Vec<Dite<'m>>> = BTreeMap::new();
    for trame in &matiere.comptes {
        parcourir_comptes(trame, |annee, code, mesure, source, valeur, statut| {
            let (cle, dite) = ((annee, code, mesure), Dite { source, valeur, statut });
            match premieres.get(&cle) {
                Some(premiere) => plusieurs.entry(cle).or_insert_with(|| vec![*premiere]).push(dite),
                None => drop(premieres.insert(cle, dite)),
            }
        })?;
    }
    Ok(plusieurs)
}

/// The one that the report uses: the first that is whole, else the first that has a value.
fn retenue(dites: &[Dite<'_>]) -> Option<usize> {
    let entiere = dites.iter().position(|d| d.entiere().is_some());
    entiere.or_else(|| dites.iter().position(|d| d.valeur.is_some()))
}

fn completees<'m>(
    matiere: &Matiere<'m>,
    plusieurs: &BTreeMap<Cle<'m>, Vec<Dite<'m>>>,
) -> Vec<(String, Probleme)> {
    let mut groupes: BTreeMap<Completee<'_>, Vec<String>> = BTreeMap::new();
    for ((annee, code, mesure), dites) in plusieurs {
        let choisie = retenue(dites).and_then(|rang| dites.get(rang));
        let Some((premiere, choisie)) = dites.first().zip(choisie) else { continue };
        // Two sheets of one file are one source.
        let (Some(valeur), true) = (choisie.valeur, premiere.source != choisie.source) else { continue };
        let groupe = Completee {
            choisie: choisie.source,
            premiere: premiere.source,
            lacune: premiere.lacune(),
            annee: *annee,
            mesure,
        };
        groupes.entry(groupe).or_default().push(format!("{} {valeur}", matiere.nom_de(code)));
    }
    groupes.into_iter().map(|(groupe, valeurs)| groupe.probleme(matiere, &valeurs)).collect()
}

/// The figures of a year that one source gives in the place of another.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Completee<'m> {
    choisie: &'m str,
    premiere: &'m str,
    lacune: &'static str,
    annee: i32,
    mesure: &'m str,
}

impl Completee<'_> {
    /// The source that is used, and what its tally is told.
    fn probleme(self, matiere: &Matiere<'_>, valeurs: &[String]) -> (String, Probleme) {
        let libelle = |id: &str| matiere.source(id).map_or_else(|| id.to_owned(), |s| s.libelle.clone());
        let quoi = matiere.mesure(self.mesure).map_or(self.mesure, |m| m.libelle);
        let date = matiere.source(self.choisie).and_then(|s| s.date);
        let date = date.map(|d| format!(" au {}", d.format("%d/%m/%Y"))).unwrap_or_default();
        let detail = format!(
            "{quoi}, {} : « {} » {} ; retenu d’après « {} »{date} : {}",
            self.annee,
            libelle(self.premiere),
            self.lacune,
            libelle(self.choisie),
            valeurs.join(", ")
        );
        let bilan = matiere.bilans.0.iter().find(|b| b.source == self.choisie);
        let lieu = Lieu::fichier(bilan.map_or("", |b| &b.fichier));
        (self.choisie.to_owned(), Probleme::new(Motif::ValeurCompletee, lieu, detail))
    }
}

/// The same figure (commune, measure, year) given by two sources with different values. A value that is
/// withheld or missing contradicts nothing.
fn entre_comptes<'m>(
    matiere: &Matiere<'m>,
    plusieurs: &BTreeMap<Cle<'m>, Vec<Dite<'m>>>,
) -> Vec<Contradiction> {
    let contraires = plusieurs.iter().filter_map(|((annee, code, mesure), dites)| {
        let connues: Vec<f64> = dites.iter().filter_map(Dite::entiere).collect();
        if connues.windows(2).all(|paire| (paire[0] - paire[1]).abs() < f64::EPSILON) {
            return None;
        }
        let choisie = retenue(dites);
        let valeurs = dites.iter().enumerate().filter_map(|(rang, dite)| {
            Some(donnee(matiere, dite.source, "", dite.entiere()?, Some(rang) == choisie))
        });
        let quoi = matiere.mesure(mesure).map_or(*mesure, |m| m.libelle).to_owned();
        Some(contradiction(matiere, Motif::ValeursContraires, quoi, code, *annee, valeurs.collect()))
    });
    contraires.collect()
}

fn contradiction(
    matiere: &Matiere<'_>,
    motif: Motif,
    quoi: String,
    code: &str,
    annee: i32,
    valeurs: Vec<ValeurDonnee>,
) -> Contradiction {
    let commune = matiere.nom_de(code).to_owned();
    Contradiction { motif, quoi, code: code.to_owned(), commune, annee, valeurs }
}

fn donnee(matiere: &Matiere<'_>, source: &str, compte: &str, valeur: f64, retenue: bool) -> ValeurDonnee {
    let connue = matiere.source(source);
    let libelle = connue.map_or(source, |s| s.libelle.as_str());
    let libelle = if compte.is_empty() { libelle.to_owned() } else { format!("{libelle} : {compte}") };
    ValeurDonnee { source: source.to_owned(), libelle, date: connue.and_then(|s| s.date), valeur, retenue }
}

/// The MAM of the list of agréments (which the report counts) against those of the census of structures, where
/// that census lists MAM at all: the list of the same year, or else of the next one, or the one before. Where they are as
/// many, their places, if the census tells those of each.
fn mam(matiere: &Matiere<'_>) -> PolarsResult<Vec<Contradiction>> {
    let (Some(am), Some(structures)) = (matiere.assistants_maternels, matiere.structures) else {
        return Ok(Vec::new());
    };
    let (listes, recensements) = (mam_des_listes(am)?, mam_des_recensements(structures)?);
    let mut trouvees = Vec::new();
    for (annee, (source_structures, ouvertes)) in &recensements {
        let Some((liste, (source_pmi, de_la_pmi))) = la_plus_proche(&listes, *annee) else { continue };
        let codes: BTreeSet<&str> =
            de_la_pmi.keys().copied().chain(ouvertes.keys().map(String::as_str)).collect();
        for code in codes.into_iter().filter(|code| matiere.liste_parle_de(liste, code)) {
            let (maisons, leurs_places) =
                de_la_pmi.get(code).map_or((0, 0), |(mam, places)| (mam.len(), *places));
            let (recensees, places) = ouvertes.get(code).copied().unwrap_or((0, None));
            let contraire = |quoi: &str, (dit_ici, ici): (&str, f64), (dit_la, la): (&str, f64)| {
                let valeurs = vec![
                    // Of a year without a list, nothing is kept.
                    donnee(matiere, source_pmi, dit_ici, ici, liste == *annee),
                    donnee(matiere, source_structures, dit_la, la, false),
                ];
                let motif = Motif::ComptesContraires;
                contradiction(matiere, motif, quoi.to_owned(), code, *annee, valeurs)
            };
            if maisons != recensees {
                let ici = ("MAM où exerce un assistant maternel", maisons as f64);
                trouvees.push(contraire("MAM", ici, ("MAM recensées", recensees as f64)));
            } else if let Some(places) = places.filter(|places| *places != leurs_places) {
                let ici = ("agréments de leurs assistants maternels", f64::from(leurs_places));
                trouvees.push(contraire("places en MAM", ici, ("places recensées", f64::from(places))));
            }
        }
    }
    Ok(trouvees)
}

/// What the list of a year tells, or else that of the year after, or before: with an older one, or a later one, a count
/// differs without contradicting it.
fn la_plus_proche<T>(listes: &BTreeMap<i32, T>, annee: i32) -> Option<(i32, &T)> {
    [annee, annee + 1, annee - 1].into_iter().find_map(|liste| Some((liste, listes.get(&liste)?)))
}

/// Source, and by commune the MAM and the places of their members.
type MamDeListe<'m> = (&'m str, BTreeMap<&'m str, (BTreeSet<u64>, u32)>);

/// The MAM of each list, by year.
fn mam_des_listes(am: &DataFrame) -> PolarsResult<BTreeMap<i32, MamDeListe<'_>>> {
    let annees = am.column("annee")?.i32()?;
    let (codes, sources) = (am.column("code")?.str()?, am.column("source")?.str()?);
    let (mam, places) = (am.column("mam")?.u64()?, am.column("places")?.u32()?);
    let lieux = am.column("lieu")?.str()?;
    // What a list does not tell contradicts nothing.
    let mut muettes = BTreeSet::new();
    let mut listes: BTreeMap<i32, MamDeListe<'_>> = BTreeMap::new();
    for i in 0..am.height() {
        let (Some(annee), Some(code), Some(source)) = (annees.get(i), codes.get(i), sources.get(i)) else {
            continue;
        };
        if lieux.get(i) == Some("non_dit") {
            muettes.insert(annee);
        }
        let liste = listes.entry(annee).or_insert_with(|| (source, BTreeMap::new()));
        if let Some(mam) = mam.get(i) {
            let maisons = liste.1.entry(code).or_default();
            maisons.0.insert(mam);
            maisons.1 += places.get(i).unwrap_or(0);
        }
    }
    listes.retain(|annee, _| !muettes.contains(annee));
    Ok(listes)
}

/// By year, source, and by commune the number of MAM and their places, none if those of one are not known.
type Recensements = BTreeMap<i32, (String, BTreeMap<String, (usize, Option<u32>)>)>;

/// The MAM that are open on the day of each census.
fn mam_des_recensements(structures: &DataFrame) -> PolarsResult<Recensements> {
    let ouvertes = structures
        .clone()
        .lazy()
        .filter(col("type").eq(lit("mam")))
        .filter(col("ouverture").is_null().or(col("ouverture").lt_eq(col("date_observation"))))
        .filter(col("fermeture").is_null().or(col("fermeture").gt(col("date_observation"))))
        .collect()?;
    let jours = ouvertes.column("date_observation")?.date()?;
    let (codes, sources) = (ouvertes.column("code")?.str()?, ouvertes.column("source")?.str()?);
    let places = ouvertes.column("places")?.u32()?;
    let mut recensements = Recensements::new();
    for i in 0..ouvertes.height() {
        let jour = jours.physical().get(i).and_then(date_du_jour);
        if let (Some(jour), Some(code), Some(source)) = (jour, codes.get(i), sources.get(i)) {
            let recensement =
                recensements.entry(jour.year()).or_insert_with(|| (source.to_owned(), BTreeMap::new()));
            let maisons = recensement.1.entry(code.to_owned()).or_insert((0, Some(0)));
            *maisons = (maisons.0 + 1, maisons.1.zip(places.get(i)).map(|(somme, places)| somme + places));
        }
    }
    Ok(recensements)
}

/// More childminders at work, for the Caf, than hold an agrément, for the PMI: on the list of the year, or else of the
/// next one, or the one before.
fn actifs_et_agrees(matiere: &Matiere<'_>) -> PolarsResult<Vec<Contradiction>> {
    let Some(am) = matiere.assistants_maternels else { return Ok(Vec::new()) };
    let mut agrees: BTreeMap<i32, (&str, BTreeMap<&str, u32>)> = BTreeMap::new();
    for ((annee, code, source), nombre) in super::matiere::lignes_par_annee(am)? {
        let liste = agrees.entry(annee).or_insert_with(|| (source, BTreeMap::new()));
        *liste.1.entry(code).or_default() += nombre;
    }
    let mut vus = BTreeSet::new();
    let mut trouvees = Vec::new();
    for trame in &matiere.comptes {
        parcourir_comptes(trame, |annee, code, mesure, source, valeur, _| {
            let (true, Some(actifs), Some((de_l_annee, (liste, agrees)))) =
                (mesure == "am_actifs", valeur, la_plus_proche(&agrees, annee))
            else {
                return;
            };
            let agrees = f64::from(agrees.get(code).copied().unwrap_or(0));
            let parle = matiere.liste_parle_de(de_l_annee, code);
            if parle && actifs > agrees && vus.insert((annee, code)) {
                let valeurs = vec![
                    donnee(matiere, liste, "agréés", agrees, de_l_annee == annee),
                    donnee(matiere, source, "en activité", actifs, false),
                ];
                let quoi = "plus d’assistants maternels en activité que d’agréés".to_owned();
                trouvees.push(contradiction(matiere, Motif::ComptesContraires, quoi, code, annee, valeurs));
            }
        })?;
    }
    Ok(trouvees)
}

/// More children whose parents all work than there are children: one of the two counts is wrong, or of another place.
fn plus_que_tous(matiere: &Matiere<'_>) -> PolarsResult<Vec<Contradiction>> {
    /// Source and value of all children, then of those; of each, the first that is whole.
    type Comptes<'m> = [Option<(&'m str, f64)>; 2];
    let mut comptes: BTreeMap<(i32, &str), Comptes<'_>> = BTreeMap::new();
    for trame in &matiere.comptes {
        parcourir_comptes(trame, |annee, code, mesure, source, valeur, statut| {
            let Some(rang) = [ENFANTS, PARENTS_ACTIFS].iter().position(|m| *m == mesure) else { return };
            let entiere = Dite { source, valeur, statut }.entiere().map(|valeur| (source, valeur));
            let connu = &mut comptes.entry((annee, code)).or_default()[rang];
            *connu = connu.or(entiere);
        })?;
    }
    let contraire = |((annee, code), [tous, partie]): (&(i32, &str), &Comptes<'_>)| {
        let ((de_tous, tous), (des_actifs, partie)) = (*tous).zip(*partie)?;
        (partie > tous).then(|| {
            let valeurs = vec![
                donnee(matiere, de_tous, "enfants de moins de 3 ans", tous, true),
                donnee(matiere, des_actifs, "dont les parents travaillent", partie, false),
            ];
            let quoi = "plus d’enfants dont les parents travaillent que d’enfants".to_owned();
            contradiction(matiere, Motif::ComptesContraires, quoi, code, *annee, valeurs)
        })
    };
    Ok(comptes.iter().filter_map(contraire).collect())
}

/// Measures of the frame of counts.
const ENFANTS: &str = "enfants_0_2";
const PARENTS_ACTIFS: &str = "enfants_0_2_parents_actifs";

#[cfg(test)]
mod tests {
    use super::super::SourceExaminee;
    use super::*;

    fn jours(n: usize) -> Column {
        // 2024-12-31.
        Int32Chunked::full("date_observation".into(), 20_088, n).into_date().into_column()
    }

    #[test]
    fn les_mam_des_deux_sources_sont_comparees_commune_par_commune() {
        let mut am = df!(
            "annee" => [2024, 2024, 2024],
            "source" => ["pmi", "pmi", "pmi"],
            "code" => ["96001", "96001", "96002"],
            "mam" => [1u64, 1, 2],
            "lieu" => ["mam", "mam", "mam"],
            "places" => [3u32, 4, 4],
        )
        .unwrap();
        am.with_column(jours(3)).unwrap();
        let mut structures = df!(
            "source" => ["str", "str", "str"],
            "type" => ["mam", "mam", "micro_creche"],
            "code" => ["96001", "96003", "96002"],
            "places" => [Some(8u32), None, Some(12)],
        )
        .unwrap();
        for colonne in [jours(3), Column::full_null("ouverture".into(), 3, &DataType::Date)] {
            structures.with_column(colonne).unwrap();
        }
        structures.with_column(Column::full_null("fermeture".into(), 3, &DataType::Date)).unwrap();
        let date = NaiveDate::from_ymd_opt(2024, 12, 31).unwrap();
        let source = |id: &str| SourceExaminee {
            id: id.to_owned(),
            libelle: id.to_uppercase(),
            date: Some(date),
            historique: false,
        };
        let mut bilans = Bilans(vec![super::super::Bilan::new("str", "structures.ods")]);
        let trouvees = chercher(&Matiere {
            territoire: "T",
            date,
            communes: BTreeMap::from([("96002".to_owned(), "Deux".to_owned())]),
            sources: vec![source("pmi"), source("str")],
            mesures: &[],
            bilans: &bilans,
            assistants_maternels: Some(&am),
            non_places: None,
            annees_sans_suivi: BTreeSet::new(),
            communes_tues: BTreeMap::new(),
            structures: Some(&structures),
            comptes: Vec::new(),
            declarations: Vec::new(),
            chiffres_des_listes: Vec::new(),
        })
        .unwrap()
        .0;
        let vues: Vec<(&str, f64, f64)> =
            trouvees.iter().map(|c| (c.code.as_str(), c.valeurs[0].valeur, c.valeurs[1].valeur)).collect();
        // 96001 has one MAM on both sides, whose members hold 7 places, and not 8.
        assert_eq!(vues, [("96002", 1.0, 0.0), ("96003", 0.0, 1.0), ("96001", 7.0, 8.0)]);
        noter(&trouvees, &mut bilans);
        let problemes = &bilans.0[0].problemes;
        assert!(problemes.iter().all(|p| p.motif == Motif::ComptesContraires) && problemes.len() == 3);
        assert!(problemes[0].detail.contains("Deux (96002), 2024 : 1 d’après « PMI"), "{}", problemes[0]);
        assert!(bilans.0[0].est_juste());
    }
}
