//! The rows below the header: which are data, and which are totals, notes, or shifted.

use std::collections::{BTreeMap, BTreeSet};

use self::au_dessus::AuDessus;
use self::tri::Tri;
use super::entetes::{Reperage, position};
use super::mots;
use super::tableau::annee_d_entete;
use super::{COLONNES_ANNEES, ColonneTexte, Disposition, Genre, Tableau};
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::grille::Grille;
use crate::sources::valeurs::{compte, entier, est_manquant, ordre_de_date, periode, replier};
use crate::territory::CodeCommune;

mod au_dessus;
mod tri;

/// A lone text longer than this is a note.
const LONGUEUR_DE_NOTE: usize = 30;

/// Cuts the table out of its grid.
pub(super) fn extraire(
    disposition: &Disposition,
    mut grille: Grille,
    reperage: &Reperage,
    colonnes: &BTreeMap<String, usize>,
) -> Tableau {
    let juge = Juge::new(disposition, &grille, reperage, colonnes);
    let Tri { au_dessus, gardees, ecartees, decalees, notes, changees } =
        tri::trier(&juge, reperage, colonnes);
    let total = grille.hauteur() - reperage.fin + au_dessus.len();
    let dits = |rang: usize| {
        let ligne = grille.lignes.get(rang).copied().unwrap_or_default();
        grille.ligne(rang).map(|(_, texte)| (ligne, texte.to_owned())).collect::<Vec<_>>()
    };
    let titres = (0..reperage.debut).filter(|rang| !au_dessus.contains(rang)).flat_map(dits).collect();
    let compte = disposition.champs.values().any(|champ| champ.motif == Genre::Compte);
    let cache = |rang: &usize| grille.ligne(*rang).any(|(_, texte)| mots::dit_que_zero_cache(texte));
    let mut lieux_de_notes = (0..reperage.debut).chain(reperage.fin..grille.hauteur()).filter(|_| compte);
    let zeros_masques =
        lieux_de_notes.find(cache).map(|rang| Probleme::new(Motif::ZerosMasques, grille.lieu(rang), ""));
    let mut champs = BTreeMap::new();
    let (mut autres, mut doutes) = (Vec::new(), Vec::new());
    let places = ["places", "capacite"].iter().filter_map(|champ| colonnes.get(*champ)).filter(|_| !compte);
    let comptes: Vec<usize> = juge.comptes.iter().chain(places).copied().collect();
    let dit_plus_haut = AuDessus::new(disposition, &grille, colonnes, &gardees);
    doutes.extend(dit_plus_haut.doute(&grille));
    doutes.extend(masquees(&grille, &gardees));
    // One column after the other, so that the grid shrinks while the table grows.
    for (i, cellules) in std::mem::take(&mut grille.colonnes).into_iter().enumerate() {
        let entete = reperage.noms.get(i).cloned().unwrap_or_default();
        let d_un_compte = comptes.contains(&i) && !grille.fusions.is_empty();
        let fusionnes =
            if d_un_compte { dit_plus_haut.fusionnes(&grille, i, &cellules) } else { BTreeSet::new() };
        if let Some(rang) = fusionnes.first() {
            let lieu = Lieu { colonne: Some((position(i), entete.clone())), ..grille.lieu(*rang as usize) };
            doutes.push(Probleme::new(Motif::CompteFusionne, lieu, ""));
        }
        let changee = changees.get(&i);
        if let Some(texte) = changee {
            let lieu = Lieu { colonne: Some((position(i), entete.clone())), ..grille.lieu(reperage.fin) };
            doutes.push(Probleme::new(Motif::ColonneChangee, lieu, "").avec_valeur(texte.as_str()));
        }
        let tu = |rang: &u32| changee.is_some() || fusionnes.contains(rang);
        let rangs = gardees.iter().zip(dit_plus_haut.rangs(i, &cellules));
        let rangs = rangs.map(|(rang, dit)| if tu(rang) { u32::MAX } else { dit });
        let valeurs = cellules.choisir(&rangs.collect::<Vec<_>>());
        let colonne = ColonneTexte { entete, position: position(i), valeurs };
        match colonnes.iter().find(|(_, c)| **c == i) {
            Some((champ, _)) => drop(champs.insert(champ.clone(), colonne)),
            None if colonne.entete.is_empty() && colonne.valeurs.est_vide() => {}
            None => autres.push(colonne),
        }
    }
    let lignes = gardees.iter().map(|r| grille.lignes[*r as usize]).collect();
    Tableau {
        origine: grille.origine,
        champs,
        autres,
        titres,
        notes,
        lignes,
        total: u32::try_from(total).unwrap_or(u32::MAX),
        ecartees,
        decalees,
        doutes,
        zeros_masques,
        rivales: BTreeMap::new(),
        autres_feuilles: Vec::new(),
    }
}

/// Tells of the rows of the table that are hidden.
fn masquees(grille: &Grille, gardees: &[u32]) -> Option<Probleme> {
    let est_masquee = |rang: &&u32| {
        grille.lignes.get(**rang as usize).is_some_and(|ligne| grille.lignes_masquees.contains(ligne))
    };
    let mut masquees = gardees.iter().filter(est_masquee).peekable();
    let lieu = grille.lieu(**masquees.peek()? as usize);
    let detail = format!("{} ligne(s), à partir de celle-ci", masquees.count());
    Some(Probleme::new(Motif::LignesMasquees, lieu, detail))
}

/// What is known of the table when a row is judged.
struct Juge<'a> {
    grille: &'a Grille,
    noms: &'a [String],
    /// The same names, folded.
    plies: Vec<String>,
    /// Number of named columns.
    nommees: usize,
    /// Columns of counts, from 0.
    comptes: Vec<usize>,
    /// Fields that a row of the csv file must have.
    largeur: u32,
    /// Columns that a row cannot do without, from 0.
    besoins: Vec<usize>,
    /// Column of the communes, from 0.
    commune: Option<usize>,
    /// Row from which the cells of `typees` are known.
    debut: usize,
    /// Columns whose cells have a known look.
    typees: Vec<Typee>,
    /// Of those, the ones where a mark for a missing value (`NA`) is usual, from 0.
    marques_usuelles: Vec<usize>,
    /// Rows that are struck through.
    barrees: BTreeSet<usize>,
    /// Each row is named by what it counts.
    lignes_nommees: bool,
}

/// A column whose cells have a known look.
struct Typee {
    /// From 0.
    colonne: usize,
    genre: Genre,
    /// Whether each cell has it: each is read once, and asked of several times.
    accords: Vec<Accord>,
}

impl<'a> Juge<'a> {
    fn new(
        disposition: &Disposition,
        grille: &'a Grille,
        reperage: &'a Reperage,
        colonnes: &BTreeMap<String, usize>,
    ) -> Self {
        let typees = colonnes
            .iter()
            .filter_map(|(champ, c)| Some((*c, disposition.champs.get(champ)?.motif)))
            .filter(|(c, genre)| *genre != Genre::Texte && est_tenu(*genre, grille, *c, reperage.fin))
            .map(|(colonne, genre)| Typee {
                colonne,
                genre,
                accords: accords(genre, grille, colonne, reperage.fin),
            })
            .collect();
        let est_un_compte =
            |champ: &str| disposition.champs.get(champ).is_some_and(|c| c.motif == Genre::Compte);
        let annuelles = (0..reperage.noms.len()).filter(|c| {
            disposition.une_de.iter().flatten().any(|champ| champ == COLONNES_ANNEES)
                && annee_d_entete(&reperage.noms[*c]).is_some()
        });
        let comptes = colonnes
            .iter()
            .filter(|(champ, _)| est_un_compte(champ))
            .map(|(_, c)| *c)
            .chain(annuelles)
            .collect();
        let mut juge = Self {
            grille,
            comptes,
            noms: &reperage.noms,
            plies: reperage.noms.iter().map(|nom| replier(nom)).collect(),
            nommees: reperage.noms.iter().filter(|n| !n.is_empty()).count(),
            largeur: largeur_attendue(grille, reperage),
            besoins: besoins(disposition, colonnes),
            commune: colonnes.get("commune").copied(),
            debut: reperage.fin,
            typees,
            marques_usuelles: Vec::new(),
            barrees: barrees(grille, reperage.fin, colonnes),
            lignes_nommees: disposition.lignes_nommees,
        };
        juge.marques_usuelles = juge.marques_usuelles();
        juge
    }

    /// True for a row above the header that is one of data: nearly as full, with dates or counts where they are due.
    fn est_au_dessus(&self, rang: usize) -> bool {
        let remplies = self.grille.ligne(rang).count();
        let typees = || {
            let dite = |t: &Typee| Some((t.genre, self.grille.cellule(rang, t.colonne)?));
            self.typees.iter().filter_map(dite)
        };
        let dit = |(genre, texte): (Genre, &str)| {
            // A year above a header is a part of it.
            genre.accord(texte) == Accord::Conforme && (texte.len() != 4 || annee_d_entete(texte).is_none())
        };
        remplies >= 3
            && remplies * 3 >= self.nommees * 2
            && typees().any(dit)
            && typees().all(|(genre, texte)| genre.accord(texte) != Accord::Contraire)
    }

    /// The problem of a row that is no data.
    fn ecarter(&self, rang: usize) -> Option<Probleme> {
        let probleme = |motif, detail: String| Some(Probleme::new(motif, self.grille.lieu(rang), detail));
        if self.barrees.contains(&rang) {
            return probleme(Motif::LigneBarree, String::new());
        }
        if let Some(libelle) = self.total(rang) {
            return probleme(Motif::LigneDeTotal, "c’est un total".to_owned())
                .map(|p| p.avec_valeur(libelle));
        }
        if let Some(detail) = self.autre_separateur(rang) {
            return probleme(Motif::LargeurInattendue, detail);
        }
        if self.precise_l_entete(rang) {
            return probleme(Motif::LigneDeTotal, "cette ligne précise l’en-tête".to_owned());
        }
        if self.est_une_note(rang) {
            return probleme(Motif::LigneDeTotal, "c’est une note hors du tableau".to_owned());
        }
        if self.repete_l_entete(rang) {
            return probleme(Motif::LigneDeTotal, "c’est l’en-tête répété".to_owned());
        }
        if let Some(detail) = self.mauvaise_largeur(rang) {
            return probleme(Motif::LargeurInattendue, detail);
        }
        let decalees = self.cellules_decalees(rang);
        (decalees.len() > 1).then(|| {
            let noms: Vec<String> = decalees.iter().map(|c| format!("« {} »", self.noms[*c])).collect();
            let detail = format!("le contenu ne va pas avec les colonnes {}", noms.join(", "));
            Probleme::new(Motif::LargeurInattendue, self.grille.lieu(rang), detail)
        })
    }

    /// The label of a total: the first text of the row begins with « total », « nombre total » or « ensemble », and
    /// hardly any other text follows (a person or a structure of that name has more), or with « sous-total ». Beside
    /// another text, « Total Enfance » and « Ensemble pour grandir » are names.
    fn total(&self, rang: usize) -> Option<String> {
        const SUITES: [&str; 27] = [
            "general",
            "generaux",
            "du",
            "de",
            "des",
            "d",
            "la",
            "le",
            "les",
            "l",
            "par",
            "epci",
            "cc",
            "commune",
            "communes",
            "territoire",
            "secteur",
            "rpe",
            "accueil",
            "accueils",
            "collectif",
            "eaje",
            "creches",
            "structures",
            "etablissements",
            "places",
            "agrements",
        ];
        let mut textes = self.grille.ligne(rang).map(|(_, t)| t).filter(|t| compte(t).is_err());
        let premier = textes.next().filter(|texte| peut_dire_un_total(texte))?;
        let replie = replier(premier);
        // « Total des demandes » is what that row counts.
        let nomme = || {
            replie
                .split(' ')
                .any(|mot| !matches!(mot, "total" | "totaux" | "general" | "generaux" | "ensemble"))
        };
        let plusieurs = || self.grille.ligne(rang).filter(|(_, texte)| compte(texte).is_err()).count() > 1;
        if self.lignes_nommees && (nomme() || plusieurs()) {
            return None;
        }
        let mut mots = replie.split(' ');
        let sous_total = replie.starts_with("sous tota") || replie.starts_with("soustota");
        let total = match mots.next()? {
            "total" | "totaux" | "ensemble" | "moyenne" | "moyennes" => true,
            // « Nombre total : 29 »; « Nombre total de séances » is a count.
            "nombre" | "nb" => {
                mots.next() == Some("total") && mots.clone().all(|mot| mot.parse::<u32>().is_ok())
            }
            _ => false,
        };
        // « Nombre Aubrelonde ; 10 », « Somme Aubrelonde », as spreadsheets write below a group of a list; in a table of
        // counts, Somme-Suippe is a commune.
        let du_groupe =
            self.comptes.is_empty() && matches!(replie.split(' ').next(), Some("nombre" | "nb" | "somme"));
        if !total && !sous_total && !du_groupe {
            return None;
        }
        let nomme_un_total =
            mots.next().is_none_or(|mot| SUITES.contains(&mot) || mot.parse::<u32>().is_ok());
        let suivants: Vec<&str> = textes.collect();
        // « 10 AM ».
        let compte_des_gens = |texte: &str| {
            let mots: Vec<&str> = texte.split_whitespace().collect();
            mots.len() == 2 && compte(mots[0]).is_ok() && compte(mots[1]).is_err()
        };
        let compte_seul = suivants.len() == 1 && self.comptes.is_empty() && compte_des_gens(suivants[0]);
        let suivants = suivants.len();
        // Nobody is called so, whatever stands beside.
        let dit = suivants == 0 || compte_seul || suivants == 1 && nomme_un_total && total;
        (sous_total || dit).then(|| premier.chars().take(60).collect())
    }

    /// « Récapitulatif » alone in a row of a list, or the header « Commune ; Nombre d’AM ; Nombre de places » below it: its
    /// first text.
    fn titre_d_un_recapitulatif(&self, rang: usize) -> Option<&'a str> {
        const COMPTES: [&str; 8] =
            ["nombre", "nb", "nbre", "total", "places", "capacite", "effectif", "agrement"];
        const TITRES: [&str; 4] = ["recap", "synthese", "statistique", "repartition"];
        if !self.comptes.is_empty() || rang == self.debut {
            return None;
        }
        let commence = |texte: &str, debuts: &[&str]| {
            let replie = replier(texte);
            debuts.iter().any(|debut| replie.starts_with(debut))
        };
        let mut textes = self.grille.ligne(rang).map(|(_, texte)| texte);
        let premier = textes.next()?;
        let suivants: Vec<&str> = textes.filter(|texte| *texte != premier).collect();
        // « Récapitulatif des cessations »: those below are no count, and have left.
        let partis = || {
            const PARTIS: [&str; 10] = [
                "cess", "depart", "retrait", "radi", "sorti", "demiss", "suspen", "projet", "ferme", "refus",
            ];
            replier(premier).split(' ').any(|mot| PARTIS.iter().any(|debut| mot.starts_with(debut)))
        };
        let titre = suivants.is_empty() && commence(premier, &TITRES) && !partis();
        let entete = matches!(replier(premier).as_str(), "commune" | "communes")
            && !suivants.is_empty()
            && suivants.iter().all(|texte| commence(texte, &COMPTES));
        (titre || entete).then_some(premier)
    }

    /// True for a row as full as those of the list, and that is not made of numbers: below a count of them, somebody.
    fn est_une_ligne_de_la_liste(&self, rang: usize) -> bool {
        let remplies = self.grille.ligne(rang).count();
        let nombres = self.grille.ligne(rang).filter(|(_, texte)| compte(texte).is_ok()).count();
        remplies > 2
            && remplies * 3 >= self.nommees * 2
            && nombres * 2 < remplies
            && self.titre_d_un_recapitulatif(rang).is_none()
    }

    /// True for the name of the commune of the row below.
    fn est_le_titre_d_un_groupe(&self, rang: usize, titre: &str) -> bool {
        let dessous = self.commune.and_then(|commune| self.grille.cellule(rang + 1, commune));
        dessous.is_some_and(|commune| replier(commune) == replier(titre))
    }

    /// A text alone in its row, or repeated there by a merged cell.
    fn texte_seul(&self, rang: usize) -> Option<&'a str> {
        let mut cellules = self.grille.ligne(rang).map(|(_, t)| t);
        let premier = cellules.next()?;
        (cellules.all(|t| t == premier) && compte(premier).is_err()).then_some(premier)
    }

    fn d_un_recapitulatif(&self, rang: usize) -> Probleme {
        Probleme::new(Motif::LigneDeTotal, self.grille.lieu(rang), "c’est un récapitulatif")
    }

    fn hors_du_tableau(&self, rang: usize, titre: &str) -> Probleme {
        let dit: String = titre.chars().take(60).collect();
        let detail = format!("la ligne est sous le titre « {dit} »");
        Probleme::new(Motif::SousUnAutreTitre, self.grille.lieu(rang), detail)
    }

    /// True for texts right below the header of a table of counts, in columns of counts alone: « définitif ; provisoire »,
    /// « nombre ; nombre », « ; (6 mois) ».
    fn precise_l_entete(&self, rang: usize) -> bool {
        let mut cellules = self.grille.ligne(rang).peekable();
        rang == self.debut
            && cellules.peek().is_some()
            && cellules.all(|(colonne, texte)| {
                // « 12 % » is a row of shares.
                let unite = mots::est_une_unite(texte) && !texte.contains(|c: char| c.is_ascii_digit());
                self.comptes.contains(&colonne)
                    && (unite || compte(texte).is_err() && texte.chars().any(char::is_alphabetic))
            })
    }

    /// A lone text that is long or begins as notes do. Where rows are named by what they count, a long one is a title.
    fn est_une_note(&self, rang: usize) -> bool {
        let Some(premier) = self.texte_seul(rang) else { return false };
        let replie = replier(premier);
        let debuts = [
            "source",
            "note",
            "nb ",
            "n b ",
            "champ ",
            "lecture ",
            "legende",
            "mise a jour",
            "edite le",
            "donnees au",
            "page ",
        ];
        let de_compte = [
            "effectifs au",
            "telecharge",
            "geographie au",
            "extraction",
            "extrait le",
            "imprime le",
            "temps hors",
        ];
        // What stands alone in its row counts nothing: « s : secret statistique », « nc = non communiqué ».
        let legende = !self.lignes_nommees
            && (de_compte.iter().any(|debut| replie.starts_with(debut))
                || !self.comptes.is_empty() && premier.contains([':', '=']));
        let appel = premier.starts_with(['*', '¹', '²', '³'])
            || premier.strip_prefix('(').is_some_and(|r| r.find(')').is_some_and(|fin| fin <= 2));
        appel
            || legende
            || debuts.iter().any(|d| replie.starts_with(d))
            || self.nommees > 2 && premier.chars().count() > LONGUEUR_DE_NOTE && !self.lignes_nommees
    }

    /// A csv row in one cell that another separator cuts into as many cells as there are headers: a row of
    /// data, and no note.
    fn autre_separateur(&self, rang: usize) -> Option<String> {
        let seule = *self.grille.largeurs.as_ref()?.get(rang)? == 1 && self.largeur > 2;
        let texte = self.grille.ligne(rang).next().filter(|_| seule)?.1;
        let morceaux = |c: char| u32::try_from(texte.matches(c).count() + 1) == Ok(self.largeur);
        let (_, nom) = [(',', "des virgules"), (';', "des points-virgules"), ('\t', "des tabulations")]
            .into_iter()
            .find(|(c, _)| morceaux(*c))?;
        Some(format!("cette ligne sépare ses cellules par {nom}, et non comme le reste du fichier"))
    }

    fn repete_l_entete(&self, rang: usize) -> bool {
        let mut cellules = self.grille.ligne(rang).peekable();
        cellules.peek().is_some()
            && self.nommees > 1
            && self.grille.ligne(rang).count() * 2 > self.nommees
            && cellules.all(|(c, texte)| self.est_l_entete(c, texte))
    }

    /// True if a row of a table of counts is the header of another one: it names a column as the header does, and another
    /// count where a number is due.
    fn commence_un_autre_tableau(&self, rang: usize) -> bool {
        let nombre = |texte: &str| compte(texte).is_ok() && annee_d_entete(texte).is_none();
        let cellules = || self.grille.ligne(rang);
        // « Séances ; distanciel ; professionnels » in columns of years.
        let titres = |(c, texte): &(usize, &str)| {
            self.comptes.contains(c) && compte(texte).is_err() && texte.starts_with(char::is_alphabetic)
        };
        let d_autres_titres = || {
            cellules().filter(titres).count() > 1
                && cellules().all(|cellule| titres(&cellule) || !self.comptes.contains(&cellule.0))
        };
        // Right below the header, it would be its second line.
        rang > self.debut && !self.comptes.is_empty() && d_autres_titres()
            || rang > self.debut
                && !self.comptes.is_empty()
                && cellules().any(|(c, texte)| !self.comptes.contains(&c) && self.est_l_entete(c, texte))
                && cellules().any(|(c, texte)| self.comptes.contains(&c) && !self.est_l_entete(c, texte))
                && cellules().all(|(_, texte)| !nombre(texte))
    }

    /// True if a cell says words of the header of its column, and none but those: « (enfants) », « < 3 ans ».
    fn repete_des_mots(&self, colonne: usize, texte: &str) -> bool {
        let dits = replier(texte);
        let plie = self.plies.get(colonne).map(String::as_str).unwrap_or_default();
        let mut mots = dits.split(' ').filter(|mot| !mot.is_empty()).peekable();
        mots.peek().is_some()
            && !mots::est_une_unite(texte)
            && mots.all(|mot| plie.split(' ').any(|lu| lu == mot))
    }

    /// True if a cell says what the header of its column says.
    fn est_l_entete(&self, colonne: usize, texte: &str) -> bool {
        self.noms.get(colonne).zip(self.plies.get(colonne)).is_some_and(|(nom, plie)| {
            nom == texte || peut_se_replier_en(texte, plie) && replier(texte) == *plie
        })
    }

    fn d_un_autre_tableau(&self, rang: usize, entetes: &str) -> Probleme {
        let detail = format!("un autre tableau commence plus haut : {entetes}");
        Probleme::new(Motif::AutreTableau, self.grille.lieu(rang), detail)
    }

    /// A csv row is too wide if something is written beyond the header. It is cut short if it ends
    /// before a column that it cannot do without (in a table without such columns: before half of
    /// the header); otherwise the cells that it lacks are blank, as when Excel leaves them out.
    fn mauvaise_largeur(&self, rang: usize) -> Option<String> {
        let largeur = *self.grille.largeurs.as_ref()?.get(rang)?;
        let dire = |n: u32| Some(format!("{n} cellules pour {} en-têtes", self.largeur));
        if largeur > self.largeur {
            // Separators at the end of a line shift nothing.
            let garde = u32::try_from(self.grille.colonnes.len()).unwrap_or(u32::MAX);
            let au_dela = (self.largeur..garde).any(|c| self.grille.cellule(rang, c as usize).is_some());
            return if au_dela { dire(largeur) } else { None };
        }
        let coupee = if self.besoins.is_empty() {
            largeur * 2 < self.largeur
        } else {
            self.besoins.iter().any(|c| position(*c) > largeur)
        };
        if coupee && largeur < self.largeur { dire(largeur) } else { None }
    }

    /// The columns whose cell does not look as it should. Where one does not, a mark for a missing
    /// value counts too, in a column that otherwise has none: shifted by one, `NA` falls in there.
    fn cellules_decalees(&self, rang: usize) -> Vec<usize> {
        let fautes = self.fautes(rang, Accord::Contraire);
        if fautes.is_empty() {
            return fautes;
        }
        let marques = self.fautes(rang, Accord::Marque);
        let insolites = marques.into_iter().filter(|c| !self.marques_usuelles.contains(c));
        fautes.iter().copied().chain(insolites).collect()
    }

    fn fautes(&self, rang: usize, accord: Accord) -> Vec<usize> {
        let rang = rang - self.debut;
        self.typees.iter().filter(|t| t.accords[rang] == accord).map(|t| t.colonne).collect()
    }

    fn marques_usuelles(&self) -> Vec<usize> {
        if self.typees.len() < 2 {
            return Vec::new();
        }
        let mut usuelles: Vec<usize> = (self.debut..self.grille.hauteur())
            .filter(|rang| self.fautes(*rang, Accord::Contraire).is_empty())
            .flat_map(|rang| self.fautes(rang, Accord::Marque))
            .collect();
        usuelles.sort_unstable();
        usuelles.dedup();
        usuelles
    }
}

/// The rows that are struck through: by their name, or whole where the table has no names. None where most rows are: what
/// the stroke means there, nobody knows.
fn barrees(grille: &Grille, debut: usize, colonnes: &BTreeMap<String, usize>) -> BTreeSet<usize> {
    if grille.barrees.is_empty() {
        return BTreeSet::new();
    }
    // Who is struck through under a name, and not under the other, has changed names.
    let noms: Vec<usize> =
        ["nom", "nom_usage"].iter().filter_map(|champ| colonnes.get(*champ)).copied().collect();
    let est_barree = |rang: &usize| {
        let mut ecrits = noms.iter().filter(|nom| grille.cellule(*rang, **nom).is_some()).peekable();
        if ecrits.peek().is_some() {
            ecrits.all(|nom| grille.est_barree(*rang, *nom))
        } else {
            grille.ligne(*rang).all(|(colonne, _)| grille.est_barree(*rang, colonne))
        }
    };
    let barrees: BTreeSet<usize> = (debut..grille.hauteur()).filter(est_barree).collect();
    if barrees.len() * 2 > grille.hauteur() - debut { BTreeSet::new() } else { barrees }
}

/// False for a text that begins with a letter with which no total begins: hardly any row has to be read further.
fn peut_dire_un_total(texte: &str) -> bool {
    let premiere = texte.chars().find(|c| !c.is_ascii() || c.is_ascii_alphanumeric());
    premiere.is_none_or(|c| !c.is_ascii() || "tesnm".contains(c.to_ascii_lowercase()))
}

/// False for a text whose first letter is another one than that of a folded text.
fn peut_se_replier_en(texte: &str, plie: &str) -> bool {
    let premiere = texte.chars().find(|c| !c.is_ascii() || c.is_ascii_alphanumeric());
    match premiere {
        Some(c) if c.is_ascii() => plie.starts_with(c.to_ascii_lowercase()),
        _ => true,
    }
}

/// Whether each cell of a column, from a row on, has the look of its kind; a blank one has any.
fn accords(genre: Genre, grille: &Grille, colonne: usize, debut: usize) -> Vec<Accord> {
    let accord = |rang| grille.cellule(rang, colonne).map_or(Accord::Conforme, |texte| genre.accord(texte));
    (debut..grille.hauteur()).map(accord).collect()
}

/// The number of fields of a row of csv: that of the header up to its last name, or the one that
/// most rows have if it is larger (the last columns then have no name).
fn largeur_attendue(grille: &Grille, reperage: &Reperage) -> u32 {
    let nommees = reperage.noms.iter().rposition(|n| !n.is_empty()).map_or(0, position);
    let Some(largeurs) = &grille.largeurs else { return nommees };
    let mut comptes: BTreeMap<u32, usize> = BTreeMap::new();
    for (rang, largeur) in largeurs.iter().enumerate().skip(reperage.fin) {
        let remplie = grille.ligne(rang).last().map_or(0, |(c, _)| position(c));
        *comptes.entry(remplie.min(*largeur)).or_default() += 1;
    }
    // The header has a field for it, without a name.
    let nommees = largeurs.get(reperage.debut).map_or(nommees, |largeur| nommees.max(*largeur));
    let lignes = grille.hauteur() - reperage.fin;
    comptes.into_iter().find(|(_, n)| n * 2 > lignes).map_or(nommees, |(largeur, _)| largeur.max(nommees))
}

/// The columns of the fields that a row cannot do without: the mandatory ones, and the only one
/// that the file has of a group.
fn besoins(disposition: &Disposition, colonnes: &BTreeMap<String, usize>) -> Vec<usize> {
    let seules = disposition.une_de.iter().filter_map(|groupe| {
        let mut presents = groupe.iter().filter_map(|c| colonnes.get(c));
        presents.next().filter(|_| presents.next().is_none())
    });
    let obligatoires =
        colonnes.iter().filter(|(n, _)| disposition.champs.get(*n).is_some_and(|c| c.obligatoire));
    obligatoires.map(|(_, c)| c).chain(seules).copied().collect()
}

/// False if most filled cells of the column contradict the layout: the file then keeps something
/// else there, and its rows are not shifted for that.
fn est_tenu(genre: Genre, grille: &Grille, colonne: usize, debut: usize) -> bool {
    let cellules = (debut..grille.hauteur()).filter_map(|r| grille.cellule(r, colonne)).take(1000);
    let (remplies, contraires) = cellules.fold((0_usize, 0_usize), |(n, contraires), texte| {
        (n + 1, contraires + usize::from(genre.accord(texte) == Accord::Contraire))
    });
    contraires * 2 < remplies
}

/// Whether a cell looks like its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accord {
    Conforme,
    /// A mark for a missing value.
    Marque,
    Contraire,
}

impl Genre {
    fn accord(self, texte: &str) -> Accord {
        let conforme = match self {
            Self::Texte => true,
            Self::Entier => entier(texte).is_ok(),
            Self::Nombre | Self::Compte => {
                !est_manquant(texte) && compte(texte.trim_start_matches('-')).is_ok()
            }
            // « 05/25/1983 » is a date, of an office in English: its row is not shifted.
            Self::Date => periode(texte).is_ok() || ordre_de_date(texte).is_some(),
            Self::CodeCommune => CodeCommune::lire(texte).is_ok(),
            Self::Heure => est_une_heure(texte),
            Self::Email => texte.contains('@'),
        };
        if conforme {
            Accord::Conforme
        } else if est_manquant(texte) {
            Accord::Marque
        } else {
            Accord::Contraire
        }
    }
}

/// `9:30`, `09:30:00`, `9h30`, `9 h`.
fn est_une_heure(texte: &str) -> bool {
    let morceaux: Vec<&str> = texte.split([':', 'h', 'H']).map(str::trim).collect();
    let nombre = |m: &&str| m.parse::<u8>().ok();
    morceaux.len() > 1
        && nombre(&morceaux[0]).is_some_and(|h| h < 25)
        && morceaux[1..].iter().all(|m| m.is_empty() || nombre(m).is_some_and(|n| n < 60))
}
