//! The disclosed table as columns, small enough to live in a page: one column for each indicator, detail and
//! year, over the places.

use crate::deliverables::carte::{Classes, dire_la_methode};
use crate::deliverables::classeur::niveau_en_clair;
use crate::deliverables::graphiques::{
    ENFANTS_D_APRES_LES_NAISSANCES, annees_declarees, annees_des_flux, dire_les_declarees, regrouper,
};
use crate::deliverables::look;
use crate::deliverables::look::{ESPACE_INSECABLE, cle_alphabetique};
use crate::deliverables::modalites::nommer;
use crate::deliverables::{Contexte, Periode, SourceCitee};
use crate::disclosure::Audience;
use crate::indicators::{
    FAMILLES, Indicateur, ModaliteEnquete, Niveau, Parametres, Statut, Unite, indicateur,
};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the script reads.
#[derive(Debug, Serialize)]
pub(super) struct Chiffres {
    pub(super) lieux: Vec<Lieu>,
    familles: Vec<&'static str>,
    indicateurs: Vec<Entree>,
    /// Entries of the catalogue of which nothing is known anywhere.
    sans_chiffre: Vec<&'static str>,
    /// Those of which all that is known stays with the relais.
    retenus: Vec<&'static str>,
    /// Words of the column `statut`, by rank.
    statuts: Vec<SensDeStatut>,
    /// What the ranks of the columns stand for.
    jours: Vec<String>,
    origines: Vec<String>,
    parties: Vec<String>,
    /// Where all the figures of a column come from, the millésimes of a source together.
    mentions: Vec<String>,
    /// What the identifiers in `origines` stand for.
    citations: BTreeMap<String, String>,
}

/// A place of which the table speaks.
#[derive(Debug, Serialize)]
pub(super) struct Lieu {
    pub(super) niveau: &'static str,
    pub(super) niveau_en_clair: &'static str,
    pub(super) code: String,
    pub(super) nom: String,
}

#[derive(Debug, Serialize)]
struct SensDeStatut {
    mot: &'static str,
    /// What stands in place of the value; none if the value is known.
    court: Option<&'static str>,
    long: &'static str,
}

/// An entry of the catalogue with its columns.
#[derive(Debug, Serialize)]
struct Entree {
    id: &'static str,
    famille: usize,
    libelle: &'static str,
    definition: &'static str,
    formule: String,
    unite: &'static str,
    decimales: u32,
    signe: bool,
    source: &'static str,
    precaution: &'static str,
    /// What a rate divides, and by what.
    termes: Option<[String; 2]>,
    /// What the classes of the whole are called, from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mots: Vec<&'static str>,
    modalites: Vec<Detail>,
}

/// One detail of an indicator; the whole has an empty identifier.
#[derive(Debug, Serialize)]
struct Detail {
    id: String,
    /// Rank of the question, of its line, of the answer and of the profile in the questionnaire.
    #[serde(skip)]
    ordre: [usize; 5],
    /// What brings details together in a list: a question of a survey.
    groupe: String,
    libelle: String,
    /// Lowest and highest value of each class of the map, the same for every year.
    classes: Vec<(Nombre, Nombre)>,
    methode: &'static str,
    /// The years that are not counted as the one before is: the curve begins anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ruptures: Vec<i32>,
    /// What a reader must know of these years.
    #[serde(skip_serializing_if = "String::is_empty")]
    rupture: String,
    colonnes: Vec<Colonne>,
}

/// The figures of one year, in the order of the places.
#[derive(Debug, Serialize)]
struct Colonne {
    annee: i32,
    valeurs: Vec<Option<Nombre>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numerateurs: Vec<Option<Nombre>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denominateurs: Vec<Option<Nombre>>,
    statuts: Rangs,
    parties: Rangs,
    origines: Rangs,
    jours: Rangs,
    mention: u32,
}

/// A number, written without a needless `.0`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Nombre(f64);

impl Serialize for Nombre {
    fn serialize<S: Serializer>(&self, serialiseur: S) -> Result<S::Ok, S::Error> {
        // Counts of persons or places: far below 2^52.
        #[allow(clippy::cast_possible_truncation)]
        let entier = self.0 as i64;
        if self.0.fract() == 0.0 {
            serialiseur.serialize_i64(entier)
        } else {
            serialiseur.serialize_f64(self.0)
        }
    }
}

/// Ranks in a dictionary, in the order of the places: one if they are all the same, else the few that there
/// are and one letter for each place, else all of them.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Rangs {
    Un(u32),
    Lettres(Vec<u32>, String),
    Tous(Vec<u32>),
}

/// Letters that stand for the ranks of a column.
const LETTRES: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl Rangs {
    fn new(rangs: Vec<u32>) -> Self {
        let mut distincts = rangs.clone();
        distincts.sort_unstable();
        distincts.dedup();
        match distincts.len() {
            0 => Self::Un(0),
            1 => Self::Un(distincts[0]),
            n if n > LETTRES.len() => Self::Tous(rangs),
            _ => {
                let lettre =
                    |rang: &u32| distincts.binary_search(rang).map_or('?', |i| char::from(LETTRES[i]));
                let lettres = rangs.iter().map(lettre).collect();
                Self::Lettres(distincts, lettres)
            }
        }
    }
}

/// Words, each with its rank, in the order in which they come.
#[derive(Default)]
struct Lexique {
    mots: Vec<String>,
    rangs: BTreeMap<String, u32>,
}

impl Lexique {
    fn rang(&mut self, mot: &str) -> u32 {
        if let Some(rang) = self.rangs.get(mot) {
            return *rang;
        }
        let rang = u32::try_from(self.mots.len()).unwrap_or(u32::MAX);
        self.mots.push(mot.to_owned());
        self.rangs.insert(mot.to_owned(), rang);
        rang
    }
}

/// A column while it is read: what no row speaks of is not available.
#[derive(Clone)]
struct Brute {
    valeurs: Vec<Option<f64>>,
    numerateurs: Vec<Option<f64>>,
    denominateurs: Vec<Option<f64>>,
    statuts: Vec<Statut>,
    parties: Vec<u32>,
    origines: Vec<u32>,
    jours: Vec<u32>,
}

impl Brute {
    fn vide(lieux: usize) -> Self {
        Self {
            valeurs: vec![None; lieux],
            numerateurs: vec![None; lieux],
            denominateurs: vec![None; lieux],
            statuts: vec![Statut::NonDisponible; lieux],
            parties: vec![0; lieux],
            origines: vec![0; lieux],
            jours: vec![0; lieux],
        }
    }

    fn dit_quelque_chose(&self) -> bool {
        self.statuts.iter().any(|s| *s != Statut::NonDisponible)
    }

    /// True if whoever reads it learns of no place anything but that it is withheld.
    fn est_retenue(&self) -> bool {
        let tu = |s: &Statut| matches!(s, Statut::NonDisponible | Statut::Secret | Statut::SecretSource);
        self.statuts.iter().all(tu)
    }

    /// Every identifier of a source of a figure that is there, in order of places.
    fn identifiants<'a>(&self, origines: &'a Lexique) -> Vec<&'a str> {
        let mut identifiants = Vec::new();
        let parlants = self.origines.iter().zip(&self.statuts).filter(|(_, s)| **s != Statut::NonDisponible);
        let rangs: BTreeSet<u32> = parlants.map(|(rang, _)| *rang).collect();
        for mot in rangs.into_iter().filter_map(|rang| origines.mots.get(rang as usize)) {
            for id in mot.split(';').map(str::trim).filter(|id| !id.is_empty()) {
                if !identifiants.contains(&id) {
                    identifiants.push(id);
                }
            }
        }
        identifiants
    }

    fn finir(self, annee: i32, mention: u32) -> Colonne {
        let termes = |termes: Vec<Option<f64>>| {
            if termes.iter().all(Option::is_none) { Vec::new() } else { nombres(termes) }
        };
        Colonne {
            annee,
            valeurs: nombres(self.valeurs),
            numerateurs: termes(self.numerateurs),
            denominateurs: termes(self.denominateurs),
            statuts: Rangs::new(self.statuts.iter().map(|s| s.rang()).collect()),
            parties: Rangs::new(self.parties),
            origines: Rangs::new(self.origines),
            jours: Rangs::new(self.jours),
            mention,
        }
    }
}

/// True for an answer to a question by all who answered it, and not by those of a profile.
fn reponse_de_tous(id: &str, modalite: &str) -> bool {
    id == "enquete_reponses" && !modalite.contains('@')
}

fn nombres(valeurs: Vec<Option<f64>>) -> Vec<Option<Nombre>> {
    valeurs.into_iter().map(|v| v.map(Nombre)).collect()
}

/// The columns of each detail of each indicator.
type Brutes = BTreeMap<(&'static str, String), BTreeMap<i32, Brute>>;

/// The words of the columns that are ranks.
struct Lexiques {
    jours: Lexique,
    origines: Lexique,
    parties: Lexique,
}

impl Chiffres {
    /// True if nothing is known of anything: there is no page to make.
    pub(super) fn est_vide(&self) -> bool {
        self.indicateurs.is_empty()
    }

    /// Reads the table of the context.
    pub(super) fn lire(contexte: &Contexte<'_>) -> Self {
        let lieux = lieux(contexte);
        let (brutes, lexiques) = lire_les_colonnes(contexte, &lieux);
        let communes: Vec<bool> = lieux.iter().map(|l| l.niveau == Niveau::Commune.mot()).collect();
        let mut mentions = Lexique::default();
        let mut details: BTreeMap<&'static str, Vec<Detail>> = BTreeMap::new();
        let mut tus: Vec<(&Indicateur, Detail)> = Vec::new();
        for ((id, modalite), mut annees) in brutes {
            annees.retain(|_, brute| brute.dit_quelque_chose());
            if annees.is_empty() {
                continue;
            }
            let retenu = contexte.audience != Audience::Interne && annees.values().all(Brute::est_retenue);
            if retenu && !reponse_de_tous(id, &modalite) {
                details.entry(id).or_default();
                continue;
            }
            let mention =
                |brute: &Brute| mentions.rang(&mentionner(contexte, &brute.identifiants(&lexiques.origines)));
            let dites: Vec<u32> = annees.values().map(mention).collect();
            let Some(entree) = indicateur(id) else { continue };
            let detail = detail(contexte, entree, modalite, annees, &dites, &communes);
            if retenu {
                tus.push((entree, detail));
            } else {
                details.entry(id).or_default().push(detail);
            }
        }
        // Without the answer that is withheld, the others of its question would be read as all of them.
        for (entree, detail) in tus {
            let autres = details.entry(entree.id).or_default();
            if autres.iter().any(|autre| autre.groupe == detail.groupe) {
                autres.push(detail);
            }
        }
        let (mut indicateurs, mut sans_chiffre, mut retenus) = (Vec::new(), Vec::new(), Vec::new());
        for (famille, indicateur) in
            FAMILLES.iter().enumerate().flat_map(|(rang, f)| f.indicateurs.iter().map(move |i| (rang, i)))
        {
            match details.remove(indicateur.id) {
                Some(details) if details.is_empty() => retenus.push(indicateur.libelle),
                Some(details) => indicateurs.push(entree(contexte.parametres, famille, indicateur, details)),
                None => sans_chiffre.push(indicateur.libelle),
            }
        }
        let citations = contexte.sources.iter().map(|(id, source)| (id.clone(), source.en_clair()));
        Self {
            lieux,
            familles: FAMILLES.iter().map(|f| f.titre).collect(),
            indicateurs,
            sans_chiffre,
            retenus,
            statuts: Statut::TOUS.into_iter().map(sens).collect(),
            jours: lexiques.jours.mots,
            origines: lexiques.origines.mots,
            parties: lexiques.parties.mots,
            mentions: mentions.mots,
            citations: citations.collect(),
        }
    }
}

/// « Sources : PMI, listes du 31/12/2019 au 31/12/2024 ; Caf, imaje 2024. »; nothing without a source.
fn mentionner(contexte: &Contexte<'_>, identifiants: &[&str]) -> String {
    let inconnue = |id: &str| SourceCitee {
        libelle: id.to_owned(),
        fichier: String::new(),
        date: None,
        periode: Periode::Aucune,
        non_comptees: 0,
    };
    let citees: Vec<SourceCitee> = identifiants
        .iter()
        .map(|id| contexte.sources.get(*id).cloned().unwrap_or_else(|| inconnue(id)))
        .collect();
    let dites = regrouper(&citees);
    match dites.len() {
        0 => String::new(),
        1 => format!("Source{ESPACE_INSECABLE}: {}.", dites[0]),
        _ => format!("Sources{ESPACE_INSECABLE}: {}.", dites.join("\u{202f}; ")),
    }
}

fn sens(statut: Statut) -> SensDeStatut {
    let (court, long) = match statut.abreviation() {
        Some((court, long)) => (Some(court), long),
        None if statut == Statut::Estime => (None, "estimé, calculé à partir d’autres chiffres"),
        None => (None, "compté par la source"),
    };
    SensDeStatut { mot: statut.mot(), court, long }
}

/// Every place of the table: the territory and what it is compared with, then the communes by name.
fn lieux(contexte: &Contexte<'_>) -> Vec<Lieu> {
    let connus = contexte.table.lieux().iter();
    let connus = connus.map(|l| ((l.niveau, l.code.clone()), l.nom.replace('\'', "’")));
    let mut lieux: Vec<((Niveau, String), String)> = connus.collect();
    lieux.sort_by_cached_key(|((niveau, code), nom)| (*niveau, cle_alphabetique(nom), code.clone()));
    let lieu = |((niveau, code), nom): ((Niveau, String), String)| Lieu {
        niveau: niveau.mot(),
        niveau_en_clair: niveau_en_clair(niveau),
        code,
        nom,
    };
    lieux.into_iter().map(lieu).collect()
}

fn lire_les_colonnes(contexte: &Contexte<'_>, lieux: &[Lieu]) -> (Brutes, Lexiques) {
    let place: BTreeMap<(&str, &str), usize> =
        lieux.iter().enumerate().map(|(rang, l)| ((l.niveau, l.code.as_str()), rang)).collect();
    let mut lexiques =
        Lexiques { jours: Lexique::default(), origines: Lexique::default(), parties: Lexique::default() };
    // The rank 0 of each is « nothing is said ».
    for lexique in [&mut lexiques.jours, &mut lexiques.origines, &mut lexiques.parties] {
        lexique.rang("");
    }
    let mut brutes = Brutes::new();
    for suivi in contexte.table.suivis() {
        let lieu = place.get(&(suivi.lieu().niveau.mot(), suivi.lieu().code.as_str()));
        let Some((entree, lieu)) = indicateur(suivi.indicateur()).zip(lieu) else { continue };
        let annees_de = brutes.entry((entree.id, suivi.modalite().to_owned())).or_default();
        for figure in suivi.figures() {
            let brute = annees_de.entry(figure.annee).or_insert_with(|| Brute::vide(lieux.len()));
            brute.statuts[*lieu] = figure.statut;
            if figure.statut.est_connu() {
                brute.valeurs[*lieu] = figure.valeur;
            }
            // A share of nothing says of what.
            if figure.statut.est_connu() || figure.statut == Statut::SansObjet {
                brute.numerateurs[*lieu] = figure.numerateur;
                brute.denominateurs[*lieu] = figure.denominateur;
            }
            let jour = figure.date_observation.map(crate::deliverables::look::date);
            brute.jours[*lieu] = lexiques.jours.rang(&jour.unwrap_or_default());
            brute.origines[*lieu] = lexiques.origines.rang(&figure.sources);
            let parties = match (figure.parties, figure.parties_attendues) {
                (connues, attendues @ 2..) => format!("{connues} sur {attendues}"),
                _ => String::new(),
            };
            brute.parties[*lieu] = lexiques.parties.rang(&parties);
        }
    }
    (brutes, lexiques)
}

/// A detail of which something is known.
fn detail(
    contexte: &Contexte<'_>,
    entree: &Indicateur,
    modalite: String,
    annees: BTreeMap<i32, Brute>,
    mentions: &[u32],
    communes: &[bool],
) -> Detail {
    let valeurs = annees.values().flat_map(|b| b.valeurs.iter().zip(communes));
    let valeurs: Vec<f64> = valeurs.filter_map(|(v, commune)| v.filter(|_| *commune)).collect();
    let classes = Classes::de_toutes_les_annees(valeurs);
    let methode = classes.as_ref().map_or("", |c| dire_la_methode(c.methode));
    let (groupe, libelle) = nommer(contexte.questionnaires, entree, &modalite);
    let (ruptures, rupture) = ruptures(contexte, entree.id, &modalite, annees.keys().copied().collect());
    Detail {
        ordre: ordre(contexte, &modalite),
        id: modalite,
        groupe,
        libelle,
        classes: classes
            .into_iter()
            .flat_map(|c| c.classes)
            .map(|(bas, haut, _)| (Nombre(bas), Nombre(haut)))
            .collect(),
        methode,
        ruptures,
        rupture,
        colonnes: annees
            .into_iter()
            .zip(mentions)
            .map(|((annee, brute), mention)| brute.finir(annee, *mention))
            .collect(),
    }
}

/// The years that are not counted as the one before is, and what is said of them.
fn ruptures(contexte: &Contexte<'_>, id: &str, modalite: &str, annees: Vec<i32>) -> (Vec<i32>, String) {
    let entre = |annees: &[i32], autrement: &dyn Fn(i32) -> bool| -> Vec<i32> {
        let paires = annees.windows(2).filter(|paire| autrement(paire[0]) != autrement(paire[1]));
        paires.map(|paire| paire[1]).collect()
    };
    match id {
        "am_arrivees" | "am_departs" | "am_solde" | "taux_remplacement" if modalite.is_empty() => {
            let connues = annees_des_flux(contexte, &annees);
            let declarees = annees_declarees(contexte, &connues);
            let dites = dire_les_declarees(&declarees, &connues);
            (entre(&connues, &|annee| declarees.contains(&annee)), dites)
        }
        "enfants_0_2" | "enfants_3_5" => {
            let lieu = (Niveau::Territoire, contexte.code_territoire);
            let statut =
                |annee: i32| Some(contexte.table.figure(lieu.0, lieu.1, id, modalite, annee)?.statut);
            let connues = annees.into_iter().filter(|a| statut(*a).is_some_and(Statut::est_connu));
            let connues: Vec<i32> = connues.collect();
            let ruptures = entre(&connues, &|annee| statut(annee) == Some(Statut::Estime));
            let dite = if ruptures.is_empty() { "" } else { ENFANTS_D_APRES_LES_NAISSANCES };
            (ruptures, dite.to_owned())
        }
        "tension" | "tension_interne" if modalite.is_empty() => {
            let (niveau, code) = (Niveau::Territoire, contexte.code_territoire);
            let connu = |critere: &str, annee: i32| {
                let figure = contexte.table.figure(niveau, code, id, critere, annee);
                figure.is_some_and(|figure| figure.statut.est_connu())
            };
            let criteres = indicateur(id).map_or(&[][..], |i| i.modalites);
            let entiere = |annee: i32| criteres.iter().all(|(critere, _)| connu(critere, annee));
            let connues: Vec<i32> = annees.into_iter().filter(|annee| connu("", *annee)).collect();
            let partielles: Vec<i32> = connues.iter().copied().filter(|annee| !entiere(*annee)).collect();
            let dite = if partielles.is_empty() {
                String::new()
            } else {
                format!(
                    "Un critère n’est pas connu pour le territoire {} : la classe y est un minimum, et ne se compare pas à celle des autres années.",
                    look::en_annees(&partielles)
                )
            };
            (entre(&connues, &entiere), dite)
        }
        _ => (Vec::new(), String::new()),
    }
}

/// Where a detail of a survey stands in its questionnaire: rank of the question, of its line, of the answer (of a scale,
/// the mark), of the question of the profile and of its group; zeros for what has none.
fn ordre(contexte: &Contexte<'_>, modalite: &str) -> [usize; 5] {
    let lue = ModaliteEnquete::lire(modalite);
    let Some(enquete) = contexte.questionnaires.get(&lue.questionnaire) else { return [0; 5] };
    let rang = |cle: &str| enquete.questions.iter().position(|q| q.cle == cle).map_or(usize::MAX, |r| r + 1);
    let option = |question: Option<&str>, cle: &str| {
        let question = enquete.questions.iter().find(|q| Some(q.cle.as_str()) == question);
        let declaree = question.and_then(|q| q.options.iter().position(|o| o.cle == cle));
        declaree.or_else(|| cle.parse().ok()).map_or(usize::MAX, |r| r + 1)
    };
    let ligne = |cle: &str| {
        let question = enquete.questions.iter().find(|q| Some(&q.cle) == lue.question.as_ref());
        question.and_then(|q| q.lignes.iter().position(|l| l.cle == cle)).map_or(usize::MAX, |r| r + 1)
    };
    let question = lue.question.as_deref();
    [
        question.map_or(0, rang),
        lue.ligne.as_deref().map_or(0, ligne),
        lue.option.as_deref().map_or(0, |cle| option(question, cle)),
        lue.profil.as_ref().map_or(0, |(question, _)| rang(question)),
        lue.profil.as_ref().map_or(0, |(question, groupe)| option(Some(question.as_str()), groupe)),
    ]
}

fn entree(
    parametres: &Parametres,
    famille: usize,
    i: &'static Indicateur,
    mut modalites: Vec<Detail>,
) -> Entree {
    let rang = |id: &str| i.modalites.iter().position(|(m, _)| *m == id).map_or(usize::MAX, |p| p + 1);
    // The whole first, then as the catalogue has them; surveys as they were put, those of a profile after those of all.
    modalites.sort_by_cached_key(|d| {
        let enquete = d.id.split(['/', '@']).next().unwrap_or_default().to_owned();
        (if d.id.is_empty() { 0 } else { rang(&d.id) }, d.id.contains('@'), enquete, d.ordre, d.id.clone())
    });
    let terme = |(id, modalite): (&str, &str)| {
        let Some(terme) = indicateur(id) else { return id.to_owned() };
        match modalite {
            "" => terme.libelle.to_owned(),
            _ => format!("{} ({})", terme.libelle, terme.libelle_modalite(modalite)),
        }
    };
    Entree {
        id: i.id,
        famille,
        libelle: i.libelle,
        definition: i.definition,
        formule: i.formule_selon(parametres).into_owned(),
        unite: i.unite.mot(),
        decimales: i.decimales,
        signe: i.signe,
        source: i.source,
        precaution: i.precaution,
        termes: i.termes.map(|[haut, bas]| [terme(haut), terme(bas)]),
        mots: if i.unite == Unite::Rang { classes_en_mots() } else { Vec::new() },
        modalites,
    }
}

/// « tension faible »… : the communes are counted by class, all but those that have none.
fn classes_en_mots() -> Vec<&'static str> {
    let comptees = indicateur("tension_communes").map_or(&[][..], |i| i.modalites);
    comptees.iter().filter(|(id, _)| *id != "non_classe").map(|(_, mot)| *mot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;

    fn json(rangs: &[u32]) -> String {
        serde_json::to_string(&Rangs::new(rangs.to_vec())).unwrap()
    }

    #[test]
    fn des_rangs_s_ecrivent_au_plus_court() {
        assert_eq!(json(&[4, 4, 4]), "4");
        assert_eq!(json(&[4, 0, 4, 9]), r#"[[0,4,9],"babc"]"#);
        let tous: Vec<u32> = (0..70).collect();
        assert!(json(&tous).starts_with("[0,1,2,3"), "plus de valeurs que de lettres");
    }

    #[test]
    fn un_nombre_entier_n_a_pas_de_virgule_et_l_inconnu_n_est_pas_zero() {
        let valeurs = nombres(vec![Some(2.0), None, Some(0.0), Some(83.8), Some(-3.0)]);
        assert_eq!(serde_json::to_string(&valeurs).unwrap(), "[2,null,0,83.8,-3]");
    }

    /// A colour means the same on the screen and on paper, although the map shows one year of several.
    #[test]
    fn les_classes_sont_celles_des_cartes_imprimees() {
        let mut essai = Essai::new();
        essai.par_commune("places_pour_100", |poids| 20.0 * poids);
        essai.changer(|l| l.indicateur == "places_pour_100" && l.sources == "imaje_2024", |l| l.annee = 2019);
        let contexte = essai.contexte();
        let chiffres = Chiffres::lire(&contexte);
        let ratio = chiffres.indicateurs.iter().find(|i| i.id == "places_pour_100").unwrap();
        let image = crate::deliverables::graphiques::dessiner("carte-places-pour-100", &contexte);
        let legende: Vec<String> = image.unwrap().unwrap().textes().into_iter().map(|t| t.0).collect();
        let ecrire = |v: Nombre| crate::deliverables::look::nombre(v.0, 1);
        for (bas, haut) in ratio.modalites[0].classes.iter().copied() {
            let classe =
                if bas == haut { ecrire(bas) } else { format!("{} à {}", ecrire(bas), ecrire(haut)) };
            assert!(legende.contains(&classe), "« {classe} » n’est pas dans la légende : {legende:?}");
        }
    }

    #[test]
    fn les_lieux_et_les_annees_sont_ceux_de_la_table() {
        let essai = Essai::new();
        let chiffres = Chiffres::lire(&essai.contexte());
        assert_eq!(chiffres.lieux[0].niveau, "territoire");
        assert_eq!(chiffres.lieux.len(), 16);
        let ratio = chiffres.indicateurs.iter().find(|i| i.id == "places_pour_100").unwrap();
        assert_eq!(ratio.modalites[0].colonnes.iter().map(|c| c.annee).collect::<Vec<_>>(), [2024]);
        assert!(
            chiffres.sans_chiffre.contains(&"Assistants maternels en activité"),
            "{:?}",
            chiffres.sans_chiffre
        );
    }
}
