//! The *code officiel géographique*: communes of today and movements that led to them.
//!
//! Nothing is read here: [`crate::sources::cog`] turns Insee's files into the records of this module.

use super::{CodeCommune, normaliser};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

/// What a row of the COG is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeCommune {
    /// A commune (`COM`).
    Commune,
    /// A municipal arrondissement of Paris, Lyon or Marseille (`ARM`).
    Arrondissement,
    /// A commune déléguée (`COMD`): part of a commune nouvelle.
    Deleguee,
    /// A commune associée (`COMA`): part of a merger of before 2010.
    Associee,
}

impl TypeCommune {
    /// The type that Insee writes so.
    pub fn du_mot(mot: &str) -> Option<Self> {
        Some(match mot {
            "COM" => Self::Commune,
            "ARM" => Self::Arrondissement,
            "COMD" => Self::Deleguee,
            "COMA" => Self::Associee,
            _ => return None,
        })
    }
}

/// One row of `communes.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneCog {
    /// Commune, arrondissement, déléguée or associée.
    pub type_commune: TypeCommune,
    /// Its code; a déléguée may share the code of its commune.
    pub code: CodeCommune,
    /// Its name with article and accents (`LIBELLE`).
    pub nom: String,
    /// The commune that a déléguée, an associée or an arrondissement belongs to (`COMPARENT`).
    pub parent: Option<CodeCommune>,
}

/// Why a commune changed (`MOD`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modification {
    /// 10.
    ChangementDeNom,
    /// 20.
    Creation,
    /// 21.
    Retablissement,
    /// 30.
    Suppression,
    /// 31.
    FusionSimple,
    /// 32.
    CommuneNouvelle,
    /// 33.
    FusionAssociation,
    /// 34.
    TransformationEnFusionSimple,
    /// 35.
    SuppressionDeDeleguee,
    /// 41.
    ChangementDeDepartement,
    /// 50.
    TransfertDeChefLieu,
    /// 70.
    TransformationEnDeleguee,
    /// 71.
    RetablissementDeDeleguee,
    /// 72.
    CreationDeDeleguee,
    /// A code that Insee did not use when this was written.
    Autre(u8),
}

impl Modification {
    /// The modification with that code.
    pub fn du_code(code: u8) -> Self {
        match code {
            10 => Self::ChangementDeNom,
            20 => Self::Creation,
            21 => Self::Retablissement,
            30 => Self::Suppression,
            31 => Self::FusionSimple,
            32 => Self::CommuneNouvelle,
            33 => Self::FusionAssociation,
            34 => Self::TransformationEnFusionSimple,
            35 => Self::SuppressionDeDeleguee,
            41 => Self::ChangementDeDepartement,
            50 => Self::TransfertDeChefLieu,
            70 => Self::TransformationEnDeleguee,
            71 => Self::RetablissementDeDeleguee,
            72 => Self::CreationDeDeleguee,
            autre => Self::Autre(autre),
        }
    }

    /// What happened, in French.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::ChangementDeNom => "changement de nom",
            Self::Creation => "création",
            Self::Retablissement => "rétablissement",
            Self::Suppression => "suppression",
            Self::FusionSimple => "fusion simple",
            Self::CommuneNouvelle => "création d’une commune nouvelle",
            Self::FusionAssociation => "fusion-association",
            Self::TransformationEnFusionSimple => "transformation en fusion simple",
            Self::SuppressionDeDeleguee => "suppression de commune déléguée",
            Self::ChangementDeDepartement => "changement de code dû à un changement de département",
            Self::TransfertDeChefLieu => "changement de code dû à un transfert de chef-lieu",
            Self::TransformationEnDeleguee => "transformation en commune déléguée",
            Self::RetablissementDeDeleguee => "rétablissement de commune déléguée",
            Self::CreationDeDeleguee => "création de commune déléguée",
            Self::Autre(_) => "autre mouvement",
        }
    }
}

/// A commune before or after a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etat {
    /// What it was or became.
    pub type_commune: TypeCommune,
    /// Its code.
    pub code: CodeCommune,
    /// Its name (`LIBELLE`).
    pub nom: String,
}

/// One row of `mouvements-communes.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mouvement {
    /// Why.
    pub modification: Modification,
    /// First day of the new state.
    pub date: NaiveDate,
    /// None for a creation out of nothing.
    pub avant: Option<Etat>,
    /// None for a commune that left the COG.
    pub apres: Option<Etat>,
}

/// What has become today of a commune of some date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Devenir {
    /// The same commune, with the same code, name and land.
    Inchangee,
    /// One commune of today holds all of it: it merged, or changed its code or its name. The code
    /// may be the same (it took others in, or changed its name).
    Devenue {
        /// Today's code.
        code: CodeCommune,
        /// The last movement that changed something.
        modification: Modification,
        /// When.
        le: NaiveDate,
    },
    /// Its land lies in several communes of today, sorted by code: which part is where is not known.
    Partagee(Vec<CodeCommune>),
    /// No commune had that code on that date, as far as the COG knows.
    Inconnue,
}

/// Why a name leads to a code of today, from the most to the least direct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SorteDeNom {
    /// Its name today.
    Actuel,
    /// The name of one of its déléguées or associées today.
    Delegue,
    /// A former name, or the name of a commune, déléguée or associée that it took in.
    Ancien,
}

/// Normalised name (see [`normaliser`]) → communes of today it can mean.
pub type IndexDesNoms = BTreeMap<String, BTreeMap<CodeCommune, SorteDeNom>>;

/// All that one commune became on one day.
#[derive(Debug, Clone)]
struct Passage {
    vers: BTreeSet<CodeCommune>,
    modification: Modification,
    renommee: bool,
    /// The code under which it lives on as a déléguée or an associée.
    deleguee: Option<CodeCommune>,
}

/// Communes of today and all that led to them.
#[derive(Debug, Clone, Default)]
pub struct Cog {
    date: Option<NaiveDate>,
    communes: BTreeMap<CodeCommune, String>,
    /// Déléguées and associées of today → their commune.
    parents: BTreeMap<CodeCommune, CodeCommune>,
    passages: BTreeMap<CodeCommune, BTreeMap<NaiveDate, Passage>>,
    /// Communes that entered into a commune on a day.
    entrees: BTreeMap<(CodeCommune, NaiveDate), BTreeSet<CodeCommune>>,
    /// Days on which a code is named as a commune; true if it existed on the eve.
    jours: BTreeMap<CodeCommune, BTreeMap<NaiveDate, bool>>,
    /// Déléguée or associée that became (or went back into) communes on a day.
    retours: BTreeMap<(CodeCommune, NaiveDate), BTreeSet<CodeCommune>>,
    noms: IndexDesNoms,
}

impl Cog {
    /// The COG at the date of its communes: later movements are left out. Without a date, that of
    /// the last movement.
    pub fn new(
        communes: impl IntoIterator<Item = CommuneCog>,
        mouvements: impl IntoIterator<Item = Mouvement>,
        date: Option<NaiveDate>,
    ) -> Self {
        let communes: Vec<_> = communes.into_iter().collect();
        let mouvements: Vec<_> =
            mouvements.into_iter().filter(|m| date.is_none_or(|fin| m.date <= fin)).collect();
        let mut cog =
            Self { date: date.or_else(|| mouvements.iter().map(|m| m.date).max()), ..Self::default() };
        for commune in &communes {
            match (commune.type_commune, commune.parent) {
                (TypeCommune::Commune | TypeCommune::Arrondissement, _) => {
                    cog.communes.insert(commune.code, commune.nom.clone());
                }
                (_, Some(parent)) => {
                    cog.parents.insert(commune.code, parent);
                }
                (_, None) => {}
            }
        }
        for mouvement in &mouvements {
            cog.noter(mouvement);
        }
        cog.noter_deleguees(&mouvements);
        cog.indexer_les_noms(&communes, &mouvements);
        cog
    }

    /// The date of the COG; none if it knows no movement and no date was given.
    pub fn date(&self) -> Option<NaiveDate> {
        self.date
    }

    /// The name of a commune (or municipal arrondissement) of today.
    pub fn nom(&self, code: CodeCommune) -> Option<&str> {
        self.communes.get(&code).map(String::as_str)
    }

    /// Communes and municipal arrondissements of today with their names, sorted by code.
    pub fn communes(&self) -> impl Iterator<Item = (CodeCommune, &str)> {
        self.communes.iter().map(|(code, nom)| (*code, nom.as_str()))
    }

    /// Every name (of today, of déléguées and associées, of the past) with the communes of today
    /// that it can mean.
    pub fn anciens_noms(&self) -> &IndexDesNoms {
        &self.noms
    }

    /// What the commune that had this code on that day has become. The movements of one day are
    /// applied together, so that two communes which swap their codes come out right.
    pub fn devenir(&self, code: CodeCommune, depuis: NaiveDate) -> Devenir {
        let (mut courante, mut jour) = (code, depuis);
        let mut deleguee = None;
        let mut dernier = None;
        while let Some((date, passage)) = self.passage_suivant(courante, jour) {
            let suite = match self.entiere(passage, date, deleguee) {
                Ok(suite) => suite,
                Err(parts) => return Devenir::Partagee(parts),
            };
            deleguee = deleguee.or(passage.deleguee).filter(|_| passage.vers.len() == 1);
            let fusion = self.entrees.get(&(suite, date)).is_some_and(|e| e.len() > 1);
            if fusion || suite != courante || passage.renommee {
                dernier = Some((passage.modification, date));
            }
            let (suite, modification) = self.suivre_le_meme_jour(suite, date);
            if let Some(modification) = modification {
                dernier = Some((modification, date));
            }
            (courante, jour) = (suite, date);
        }
        match dernier {
            _ if !self.communes.contains_key(&courante) => Devenir::Inconnue,
            Some((modification, le)) => Devenir::Devenue { code: courante, modification, le },
            None => Devenir::Inchangee,
        }
    }

    /// The codes of communes that a movement changed after that day.
    pub fn changees_depuis(&self, jour: NaiveDate) -> impl Iterator<Item = CodeCommune> {
        let apres = move |jours: &BTreeMap<NaiveDate, Passage>| {
            jours.range((Excluded(jour), Unbounded)).next().is_some()
        };
        self.passages.iter().filter(move |(_, jours)| apres(jours)).map(|(code, _)| *code)
    }

    /// The communes of today that a code of unknown date can mean: itself if it is of today, else
    /// what became of the last commune that had it, else the commune of that déléguée. One code:
    /// certain. Several: split. None: unknown.
    pub fn actuels(&self, code: CodeCommune) -> Vec<CodeCommune> {
        if self.communes.contains_key(&code) {
            return vec![code];
        }
        let derniere = self.passages.get(&code).and_then(|jours| jours.keys().next_back());
        let devenir = derniere
            .and_then(NaiveDate::pred_opt)
            .map_or(Devenir::Inconnue, |veille| self.devenir(code, veille));
        match devenir {
            Devenir::Devenue { code, .. } => vec![code],
            Devenir::Partagee(parts) => parts,
            Devenir::Inchangee | Devenir::Inconnue => self.parents.get(&code).copied().into_iter().collect(),
        }
    }

    /// True if a commune had this code before some movement, be it the one of today under another name.
    pub fn a_change(&self, code: CodeCommune) -> bool {
        self.passages.contains_key(&code)
    }

    /// The other communes that ended as a part of this one after a day, up to another.
    pub fn entrees_dans(&self, code: CodeCommune, apres: NaiveDate, fin: NaiveDate) -> BTreeSet<CodeCommune> {
        let jours = self.entrees.range((Excluded((code, apres)), std::ops::Bound::Included((code, fin))));
        jours
            .flat_map(|(_, entrees)| entrees.iter().copied())
            .filter(|autre| !self.communes.contains_key(autre))
            .collect()
    }

    /// The communes of today that several communes of a day have become, each whole, and those.
    pub fn reunies_depuis(&self, jour: NaiveDate) -> BTreeMap<CodeCommune, BTreeSet<CodeCommune>> {
        let mut reunies: BTreeMap<CodeCommune, BTreeSet<CodeCommune>> = BTreeMap::new();
        for ancienne in self.passages.keys().filter(|code| self.existe_apres(**code, jour)) {
            if let Devenir::Devenue { code, .. } = self.devenir(*ancienne, jour) {
                reunies.entry(code).or_default().insert(*ancienne);
            }
        }
        reunies.retain(|_, parties| parties.len() > 1);
        reunies
    }

    /// The codes of the past, and of déléguées and associées, that mean this commune of today alone; itself left out.
    pub fn formee_de(&self, code: CodeCommune) -> BTreeSet<CodeCommune> {
        let anciens = self.passages.keys().chain(self.parents.keys()).filter(|ancien| **ancien != code);
        anciens.filter(|ancien| self.actuels(**ancien) == [code]).copied().collect()
    }

    /// The last day on which a file that holds these codes can have been true: the eve of the first
    /// day on which one of them ceased to exist, or on which a commune that is expected but absent
    /// came out of one that is present. None if all can be of today.
    pub fn dater(
        &self,
        presents: &BTreeSet<CodeCommune>,
        attendus: &BTreeSet<CodeCommune>,
    ) -> Option<NaiveDate> {
        let absents: BTreeSet<_> = attendus.difference(presents).copied().collect();
        presents
            .iter()
            .filter_map(|code| {
                let passages = self.passages.get(code)?;
                if self.communes.contains_key(code) {
                    let mut scissions = passages.iter().filter(|(_, p)| p.vers.len() > 1);
                    scissions.find(|(_, p)| !p.vers.is_disjoint(&absents)).map(|(date, _)| *date)
                } else {
                    passages.keys().next_back().copied()
                }
            })
            .min()
            .and_then(|date| date.pred_opt())
    }

    /// The other communes of today that were one with this one on that day; none if it was itself, or was no commune.
    pub fn scindee_apres(&self, code: CodeCommune, jour: NaiveDate) -> Vec<CodeCommune> {
        if !self.existe_apres(code, jour) {
            return Vec::new();
        }
        match self.devenir(code, jour) {
            Devenir::Partagee(parts) if parts.contains(&code) => {
                parts.into_iter().filter(|p| *p != code).collect()
            }
            _ => Vec::new(),
        }
    }

    fn passage_suivant(&self, code: CodeCommune, jour: NaiveDate) -> Option<(NaiveDate, &Passage)> {
        let (date, passage) = self.passages.get(&code)?.range((Excluded(jour), Unbounded)).next()?;
        Some((*date, passage))
    }

    /// The one commune that holds what had come into `passage`, or the communes of today it is
    /// shared between. A commune that merged whole, stayed a déléguée and came back is itself again:
    /// that is a fact of the COG, not a guess.
    fn entiere(
        &self,
        passage: &Passage,
        date: NaiveDate,
        deleguee: Option<CodeCommune>,
    ) -> Result<CodeCommune, Vec<CodeCommune>> {
        if let Some(seule) = passage.vers.first().filter(|_| passage.vers.len() == 1) {
            return Ok(*seule);
        }
        if let Some(deleguee) = deleguee {
            let retablie = self.retours.get(&(deleguee, date)).filter(|vers| vers.len() == 1);
            if let Some(code) = retablie.and_then(BTreeSet::first).filter(|c| passage.vers.contains(c)) {
                return Ok(*code);
            }
            if let Some(parent) = self.parents.get(&deleguee).filter(|p| passage.vers.contains(p)) {
                return Ok(*parent);
            }
        }
        let parts: BTreeSet<_> = passage
            .vers
            .iter()
            .flat_map(|part| match self.devenir(*part, date) {
                Devenir::Devenue { code, .. } => vec![code],
                Devenir::Partagee(parts) => parts,
                Devenir::Inchangee | Devenir::Inconnue => vec![*part],
            })
            .collect();
        Err(parts.into_iter().collect())
    }

    /// A commune that changes its département to merge there does both on one day (Freigné in 2018):
    /// the code in between never lives, and is followed further on the same day.
    fn suivre_le_meme_jour(&self, code: CodeCommune, date: NaiveDate) -> (CodeCommune, Option<Modification>) {
        let (mut courante, mut modification) = (code, None);
        let mut vues = BTreeSet::from([code]);
        while !self.existe_apres(courante, date) {
            let passage = self.passages.get(&courante).and_then(|jours| jours.get(&date));
            let Some((passage, suite)) = passage.and_then(|p| Some((p, *p.vers.first()?))) else { break };
            if passage.vers.len() > 1 || !vues.insert(suite) {
                break;
            }
            (courante, modification) = (suite, Some(passage.modification));
        }
        (courante, modification)
    }

    /// True if the code is that of a commune at the end of that day.
    fn existe_apres(&self, code: CodeCommune, date: NaiveDate) -> bool {
        let ensuite = self.jours.get(&code).and_then(|j| j.range((Excluded(date), Unbounded)).next());
        ensuite.map_or_else(|| self.communes.contains_key(&code), |(_, existait)| *existait)
    }

    fn noter(&mut self, mouvement: &Mouvement) {
        let commune = |etat: &&Etat| etat.type_commune == TypeCommune::Commune;
        let date = mouvement.date;
        let avant = mouvement.avant.as_ref().filter(commune);
        let apres = mouvement.apres.as_ref().filter(commune);
        if let Some(avant) = avant {
            self.jours.entry(avant.code).or_default().insert(date, true);
        }
        if let Some(apres) = apres {
            self.jours.entry(apres.code).or_default().entry(date).or_insert(false);
        }
        if let (Some(avant), Some(apres)) = (avant, apres) {
            self.entrees.entry((apres.code, date)).or_default().insert(avant.code);
            let passage = self.passages.entry(avant.code).or_default().entry(date).or_insert(Passage {
                vers: BTreeSet::new(),
                modification: mouvement.modification,
                renommee: false,
                deleguee: None,
            });
            passage.vers.insert(apres.code);
            // A merger says more than the change of name that comes with it.
            passage.modification = passage.modification.max(mouvement.modification);
            passage.renommee |= avant.nom != apres.nom;
        }
    }

    /// Déléguées and associées: born of a commune on a day, gone back into communes on another.
    fn noter_deleguees(&mut self, mouvements: &[Mouvement]) {
        let partielle = |t: TypeCommune| matches!(t, TypeCommune::Deleguee | TypeCommune::Associee);
        for mouvement in mouvements {
            let (Some(avant), Some(apres)) = (&mouvement.avant, &mouvement.apres) else { continue };
            if avant.type_commune == TypeCommune::Commune && partielle(apres.type_commune) {
                let passage = self.passages.get_mut(&avant.code).and_then(|j| j.get_mut(&mouvement.date));
                if let Some(passage) = passage {
                    passage.deleguee = Some(apres.code);
                }
            }
            if partielle(avant.type_commune) && apres.type_commune == TypeCommune::Commune {
                self.retours.entry((avant.code, mouvement.date)).or_default().insert(apres.code);
            }
        }
    }

    fn indexer_les_noms(&mut self, communes: &[CommuneCog], mouvements: &[Mouvement]) {
        let mut noms = IndexDesNoms::new();
        let mut ajouter = |nom: &str, code: CodeCommune, sorte: SorteDeNom| {
            let place = noms.entry(normaliser(nom)).or_default().entry(code).or_insert(sorte);
            *place = sorte.min(*place);
        };
        for commune in communes {
            match (commune.type_commune, commune.parent) {
                (TypeCommune::Commune | TypeCommune::Arrondissement, _) => {
                    ajouter(&commune.nom, commune.code, SorteDeNom::Actuel);
                }
                (_, Some(parent)) => ajouter(&commune.nom, parent, SorteDeNom::Delegue),
                (_, None) => {}
            }
        }
        for mouvement in mouvements {
            let Some(avant) = &mouvement.avant else { continue };
            for code in self.codes_de_l_ancien_nom(avant, mouvement) {
                ajouter(&avant.nom, code, SorteDeNom::Ancien);
            }
        }
        self.noms = noms;
    }

    /// Today's communes that hold what had a name on the eve of a movement.
    fn codes_de_l_ancien_nom(&self, avant: &Etat, mouvement: &Mouvement) -> Vec<CodeCommune> {
        let commune = TypeCommune::Commune;
        let (code, jour) = match &mouvement.apres {
            _ if avant.type_commune == commune => (avant.code, mouvement.date.pred_opt()),
            Some(apres) if apres.type_commune == commune => (apres.code, Some(mouvement.date)),
            _ => return Vec::new(),
        };
        let Some(jour) = jour else { return Vec::new() };
        match self.devenir(code, jour) {
            Devenir::Inchangee => vec![code],
            Devenir::Devenue { code, .. } => vec![code],
            Devenir::Partagee(parts) => parts,
            Devenir::Inconnue => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(texte: &str) -> CodeCommune {
        texte.parse().unwrap()
    }

    fn jour(annee: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(annee, 1, 1).unwrap()
    }

    fn commune(code_: &str, nom: &str) -> CommuneCog {
        CommuneCog { type_commune: TypeCommune::Commune, code: code(code_), nom: nom.into(), parent: None }
    }

    fn deleguee(code_: &str, nom: &str, parent: &str) -> CommuneCog {
        CommuneCog { type_commune: TypeCommune::Deleguee, parent: Some(code(parent)), ..commune(code_, nom) }
    }

    /// `"COM 85084 Les Essarts"`.
    fn etat(texte: &str) -> Option<Etat> {
        let mut mots = texte.splitn(3, ' ');
        Some(Etat {
            type_commune: TypeCommune::du_mot(mots.next()?)?,
            code: code(mots.next()?),
            nom: mots.next()?.to_owned(),
        })
    }

    fn mouvement(modification: u8, annee: i32, avant: &str, apres: &str) -> Mouvement {
        Mouvement {
            modification: Modification::du_code(modification),
            date: jour(annee),
            avant: etat(avant),
            apres: etat(apres),
        }
    }

    fn devenue(vers: &str, modification: u8, annee: i32) -> Devenir {
        Devenir::Devenue {
            code: code(vers),
            modification: Modification::du_code(modification),
            le: jour(annee),
        }
    }

    /// Two communes merge in 2016 and part in 2024.
    fn bocage() -> Cog {
        Cog::new(
            [
                commune("85084", "Essarts-en-Bocage"),
                commune("85165", "L'Oie"),
                commune("85003", "Aizenay"),
                deleguee("85084", "Les Essarts", "85084"),
            ],
            [
                mouvement(32, 2016, "COM 85084 Les Essarts", "COM 85084 Essarts en Bocage"),
                mouvement(32, 2016, "COM 85084 Les Essarts", "COMD 85084 Les Essarts"),
                mouvement(32, 2016, "COM 85030 Boulogne", "COM 85084 Essarts en Bocage"),
                mouvement(32, 2016, "COM 85165 L'Oie", "COM 85084 Essarts en Bocage"),
                mouvement(32, 2016, "COM 85165 L'Oie", "COMD 85165 L'Oie"),
                mouvement(21, 2024, "COM 85084 Essarts en Bocage", "COM 85084 Essarts-en-Bocage"),
                mouvement(21, 2024, "COM 85084 Essarts en Bocage", "COM 85165 L'Oie"),
                mouvement(21, 2024, "COMD 85165 L'Oie", "COM 85165 L'Oie"),
            ],
            None,
        )
    }

    #[test]
    fn une_commune_sans_mouvement_est_inchangee() {
        assert_eq!(bocage().devenir(code("85003"), jour(2010)), Devenir::Inchangee);
        assert_eq!(bocage().devenir(code("85084"), jour(2024)), Devenir::Inchangee);
    }

    #[test]
    fn une_commune_que_le_cog_ignore_est_inconnue() {
        assert_eq!(bocage().devenir(code("12345"), jour(2010)), Devenir::Inconnue);
        assert_eq!(bocage().devenir(code("85030"), jour(2018)), Devenir::Inconnue);
    }

    #[test]
    fn une_commune_scindee_est_partagee_et_non_devinee() {
        let attendu = Devenir::Partagee(vec![code("85084"), code("85165")]);
        assert_eq!(bocage().devenir(code("85084"), jour(2018)), attendu);
        assert_eq!(bocage().devenir(code("85030"), jour(2015)), attendu);
        let autres = |c: &str, annee| bocage().scindee_apres(code(c), jour(annee));
        assert_eq!(autres("85084", 2018), [code("85165")]);
        assert!(autres("85084", 2015).is_empty(), "rétablie, elle est de nouveau elle-même");
        assert!(autres("85084", 2024).is_empty() && autres("85165", 2018).is_empty());
    }

    #[test]
    fn une_deleguee_retablie_est_de_nouveau_elle_meme() {
        assert_eq!(bocage().devenir(code("85165"), jour(2015)), devenue("85165", 21, 2024));
        assert_eq!(bocage().devenir(code("85084"), jour(2015)), devenue("85084", 21, 2024));
    }

    #[test]
    fn un_code_sans_date_mene_aux_communes_d_aujourd_hui() {
        assert_eq!(bocage().actuels(code("85165")), [code("85165")]);
        assert_eq!(bocage().actuels(code("85030")).len(), 2);
        assert!(bocage().actuels(code("12345")).is_empty());
    }

    #[test]
    fn deux_codes_echanges_le_meme_jour_ne_se_suivent_pas() {
        let cog = Cog::new(
            [commune("14001", "Alpha"), commune("14002", "Bêta")],
            [
                mouvement(50, 2014, "COM 14001 Bêta", "COM 14002 Bêta"),
                mouvement(50, 2014, "COM 14002 Alpha", "COM 14001 Alpha"),
            ],
            None,
        );
        assert_eq!(cog.devenir(code("14001"), jour(2013)), devenue("14002", 50, 2014));
        assert_eq!(cog.devenir(code("14002"), jour(2013)), devenue("14001", 50, 2014));
    }

    #[test]
    fn un_changement_de_departement_se_suit_jusqu_a_la_fusion_du_meme_jour() {
        let cog = Cog::new(
            [commune("44180", "Vallons-de-l'Erdre")],
            [
                mouvement(41, 2018, "COM 49144 Freigné", "COM 44225 Freigné"),
                mouvement(32, 2018, "COM 44225 Freigné", "COM 44180 Vallons-de-l'Erdre"),
                mouvement(32, 2018, "COM 44180 Saint-Mars-la-Jaille", "COM 44180 Vallons-de-l'Erdre"),
            ],
            None,
        );
        assert_eq!(cog.devenir(code("49144"), jour(2017)), devenue("44180", 32, 2018));
    }

    #[test]
    fn les_mouvements_se_suivent_dans_l_ordre_et_s_arretent_a_la_date_du_cog() {
        let mouvements = [
            mouvement(10, 2012, "COM 27058 Avant", "COM 27058 Trois Lacs"),
            mouvement(50, 2021, "COM 27058 Trois Lacs", "COM 27676 Trois Lacs"),
            mouvement(50, 2023, "COM 27676 Trois Lacs", "COM 27058 Trois Lacs"),
        ];
        let cog = Cog::new([commune("27058", "Les Trois Lacs")], mouvements.clone(), None);
        assert_eq!(cog.devenir(code("27058"), jour(2010)), devenue("27058", 50, 2023));
        assert_eq!(cog.date(), Some(jour(2023)));
        let cog = Cog::new([commune("27676", "Les Trois Lacs")], mouvements.clone(), Some(jour(2022)));
        assert_eq!(cog.devenir(code("27058"), jour(2010)), devenue("27676", 50, 2021));
        let cog = Cog::new([commune("27058", "Les Trois Lacs")], mouvements, Some(jour(2020)));
        assert_eq!(cog.devenir(code("27058"), jour(2010)), devenue("27058", 10, 2012));
    }

    #[test]
    fn les_anciens_noms_menent_aux_communes_d_aujourd_hui() {
        let cog = bocage();
        let noms = cog.anciens_noms();
        assert_eq!(noms["les essarts"], BTreeMap::from([(code("85084"), SorteDeNom::Delegue)]));
        assert_eq!(noms["l oie"][&code("85165")], SorteDeNom::Actuel);
        assert_eq!(noms["boulogne"].len(), 2);
    }

    #[test]
    fn un_fichier_se_date_par_les_codes_qu_il_porte() {
        let cog = bocage();
        let codes = |liste: &[&str]| liste.iter().map(|c| code(c)).collect::<BTreeSet<_>>();
        let tous = codes(&["85084", "85165", "85003"]);
        assert_eq!(cog.dater(&tous, &tous), None);
        assert_eq!(cog.dater(&codes(&["85084", "85003"]), &tous), jour(2024).pred_opt());
        assert_eq!(cog.dater(&codes(&["85030", "85084", "85165"]), &tous), jour(2016).pred_opt());
    }
}
