//! One type of problem for every level of check.
//!
//! Each [`Motif`] has a stable code (`P03`), a title and a piece of advice; the guide explains every
//! code. A [`Probleme`] adds the place (file, sheet, line, column) and the value, masked when the
//! column holds personal data.

use super::texte_sur;
use std::fmt;

/// How much is lost because of a problem, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravite {
    /// The row is read; one of its cells is taken as missing, or was mended in a way worth saying.
    Avertissement,
    /// The row is set aside: a decision of the person can bring it back.
    MisDeCote,
    /// The row cannot be used as it is.
    Rejet,
    /// The whole file (or sheet) cannot be used.
    Fichier,
}

impl Gravite {
    /// The French word printed in reports.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Avertissement => "avertissement",
            Self::MisDeCote => "mis de côté",
            Self::Rejet => "rejet",
            Self::Fichier => "fichier illisible",
        }
    }
}

macro_rules! motifs {
    ($($(#[$doc:meta])* $nom:ident = $code:literal, $gravite:ident, $titre:literal, $conseil:literal;)*) => {
        /// Why a file, a row or a cell cannot be taken as it is. The code never changes meaning.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum Motif { $($(#[$doc])* $nom,)* }

        impl Motif {
            /// Every reason, in the order of the codes.
            pub const TOUS: &'static [Self] = &[$(Self::$nom,)*];
            /// The stable code, e.g. `P21`.
            pub fn code(self) -> &'static str { match self { $(Self::$nom => $code,)* } }
            /// What is lost.
            pub fn gravite(self) -> Gravite { match self { $(Self::$nom => Gravite::$gravite,)* } }
            /// A few French words that name the problem.
            pub fn titre(self) -> &'static str { match self { $(Self::$nom => $titre,)* } }
            /// What the person can do about it.
            pub fn conseil(self) -> &'static str { match self { $(Self::$nom => $conseil,)* } }
        }
    };
}

motifs! {
    /// The file named by the pipeline is not there.
    FichierAbsent = "P01", Fichier, "fichier introuvable",
        "Vérifiez le nom du fichier dans le pipeline et déposez-le à cet endroit.";
    /// The file cannot be opened as what it claims to be.
    FichierIllisible = "P02", Fichier, "fichier illisible",
        "Demandez-le de nouveau, ou enregistrez-le de nouveau depuis le logiciel qui l’a fait (un tableau : xlsx, ods ou csv).";
    /// The file holds no table.
    FichierVide = "P03", Fichier, "fichier vide",
        "Demandez de nouveau le fichier à l’organisme qui l’a envoyé.";
    /// The sheet named by the pipeline does not exist.
    FeuilleAbsente = "P04", Fichier, "feuille introuvable",
        "Corrigez « feuille » dans le pipeline : les feuilles du classeur sont citées dans le message.";
    /// A column that the source needs is missing.
    ColonneAbsente = "P05", Fichier, "colonne manquante",
        "Ajoutez la colonne au fichier, ou indiquez son nom dans « colonnes » de la source, dans le pipeline.";
    /// The same header stands over several columns and one of them is needed.
    ColonneEnDouble = "P06", Fichier, "colonne en double",
        "Renommez l’une des deux colonnes dans le fichier, ou dites dans « colonnes » de la source laquelle lire.";
    /// No row looks like the header of this kind of table.
    EnTeteAbsent = "P07", Fichier, "ligne d’en-tête introuvable",
        "Vérifiez que le fichier est bien celui attendu et que la ligne d’en-tête y est.";
    /// A row has more or fewer cells than the header.
    LargeurInattendue = "P08", Rejet, "ligne décalée",
        "Comparez la ligne à ses voisines et corrigez-la : une cellule y est dans la colonne d’une autre, ou la ligne est coupée. Dans un csv, une cellule contient sans doute le séparateur sans guillemets.";
    /// The pipeline does not say of which day the file speaks, nor does the file.
    DateAbsente = "P09", Fichier, "date de la source absente",
        "Ajoutez à la source, dans le pipeline, « date = » et le jour dont parlent les données : année, mois, jour, comme 2024-12-31.";
    /// Other sheets of the workbook look like the one that was read.
    FeuilleNonLue = "P10", Avertissement, "autre feuille semblable, non lue",
        "Rien à faire si la bonne feuille est lue. Sinon, nommez dans « feuille » de la source celle qu’il faut lire, ou dans « feuilles » toutes celles dont chacune est une partie.";
    /// A column of names, e-mails or phones, dropped before anything is kept.
    ColonnePersonnelle = "P11", Avertissement, "colonne personnelle écartée",
        "Rien à faire : noms, courriels et téléphones ne sont jamais conservés.";
    /// The EPCI of the pipeline is not in the composition.
    EpciInconnu = "P12", Fichier, "intercommunalité introuvable",
        "Corrigez « epci » dans le pipeline (le numéro SIREN, ou le nom exact), ou prenez une composition plus récente.";

    /// A source without a file, which is not in the cache either.
    DonneePubliqueAbsente = "P13", Fichier, "donnée publique pas encore récupérée",
        "Lancez « observatoire recuperer » avec ce pipeline, puis relancez.";
    /// The same file, said to be the same thing of the same day, under two identifiers.
    SourceEnDouble = "P14", Fichier, "source déclarée deux fois",
        "Supprimez du pipeline l’une des deux sources, ou corrigez « fichier » si l’une devait lire un autre fichier. Le fichier est lu une fois.";

    /// Columns that nothing is read from, though they may be what the source wants.
    ColonneNonEmployee = "P15", Avertissement, "colonnes non employées",
        "Si l’une d’elles est une colonne attendue sous un autre nom, dites-le dans « colonnes » de la source, dans le pipeline : colonnes = { prenom = \"Petit nom\" }. Sinon, rien à faire.";
    /// MAM in a census of structures: their places are the agréments of their members, counted from the list.
    MamDuRecensement = "P16", Avertissement, "MAM du recensement, non ajoutées",
        "Rien à faire si la liste de la PMI dit qui exerce en MAM : leurs places y sont déjà. Sinon, ajoutez à cette liste une colonne « MAM ».";
    /// Data of a day after that of the report.
    SourcePosterieure = "P17", Avertissement, "source postérieure à la date d’observation",
        "Corrigez « date » de la source, ou « date » sous [observation] dans le pipeline. Les chiffres d’une année postérieure n’entrent pas dans le rapport ; un recensement de structures y sert d’estimation.";
    /// One file is declared for two days.
    FichierDeDeuxDates = "P18", Avertissement, "même fichier pour deux dates",
        "L’une des deux sources lit sans doute le fichier d’une autre année : corrigez « fichier » ou « date » dans le pipeline.";

    /// The title, the sheet or the name of the file names another year than the pipeline.
    AutreAnnee = "P19", Avertissement, "le fichier parle d’une autre année",
        "Corrigez « date » (ou « fichier », ou « feuille ») de la source, dans le pipeline. Si c’est le titre ou le nom du fichier qui se trompe, rien à faire.";

    /// The commune cannot be found at all.
    CommuneInconnue = "P20", Rejet, "commune inconnue",
        "Corrigez le nom dans le fichier, ou ajoutez sous [correspondances], dans le pipeline, une ligne de cette forme, avec le code Insee de la commune : \"NOM ÉCRIT DANS LE FICHIER\" = \"CODE INSEE\". Si c’est une ancienne commune, les sources « cog_communes » et « cog_mouvements » la rattachent à celle d’aujourd’hui.";
    /// Several communes are possible, or one that is only near.
    CommuneDouteuse = "P21", MisDeCote, "commune à confirmer",
        "Copiez la ligne proposée sous [correspondances], dans le pipeline, si elle est juste. D’ici là, la ligne n’est pas comptée.";
    /// A known commune that is not a member of the territory.
    CommuneHorsPerimetre = "P22", MisDeCote, "commune hors du périmètre",
        "Rien à faire si la commune n’est pas du territoire ; sinon ajoutez-la au périmètre du pipeline.";
    /// The commune is missing.
    CommuneVide = "P23", Rejet, "commune absente",
        "Complétez la commune dans le fichier.";

    /// A name with a typing error, like no other commune around.
    CommuneRapprochee = "P24", Avertissement, "nom de commune corrigé",
        "Vérifiez que la commune retenue est la bonne ; sinon ajoutez sous [correspondances], dans le pipeline, une ligne de cette forme, avec le code Insee de la commune : \"NOM ÉCRIT DANS LE FICHIER\" = \"CODE INSEE\".";

    /// A list that tells of nobody whether at home or in a MAM.
    LieuNonDit = "P25", Avertissement, "lieu d’exercice non dit",
        "Ajoutez au fichier une colonne « MAM » (le nom de la MAM, ou une croix), ou dites dans « colonnes » de la source quelle colonne la porte.";

    /// A column of a year to come that follows no other.
    AnneeIsolee = "P26", Avertissement, "année invraisemblable",
        "Corrigez l’année dans l’en-tête : ses chiffres n’entrent pas dans le rapport.";

    /// Several columns may be one count of one year: none is read.
    ColonnesRivales = "P27", Avertissement, "plusieurs colonnes pour un même compte",
        "Ces chiffres manquent : gardez dans le fichier une seule de ces colonnes, ou dites dans l’en-tête de celle qui compte ce qu’elle compte et de quelle année (« Naissances 2024 »).";
    /// A count that cannot be read, on a row of which others can.
    CompteIllisible = "P28", Avertissement, "nombre illisible dans une case",
        "Écrivez un nombre, ou « nd » si la valeur n’est pas connue. La ligne est lue, sans ce nombre.";
    /// A figure of a commune that was several of today's.
    CommuneScindee = "P29", Avertissement, "commune qui s’est partagée depuis",
        "Ces chiffres manquent : le fichier ne les partage pas entre les communes d’aujourd’hui. Demandez-les pour les communes d’aujourd’hui, si leur auteur sait les donner.";

    /// A date that cannot be read, or is impossible, in a cell that the row can do without.
    DateIllisible = "P30", Avertissement, "date illisible",
        "Écrivez la date sous la forme 31/12/2024. La ligne est comptée, sans cette date.";
    /// A capacity outside what an agrément allows.
    CapaciteImpossible = "P31", Rejet, "capacité impossible",
        "Un agrément va de 1 à 6 enfants : vérifiez la capacité auprès de la PMI. D’ici là, la personne n’est pas comptée.";
    /// A capacity that cannot be read.
    CapaciteIllisible = "P32", Avertissement, "capacité illisible",
        "Écrivez un nombre (3) ou une forme connue (2 + 1 périscolaire). D’ici là, la médiane de la liste en tient lieu.";
    /// A number that cannot be read.
    NombreIllisible = "P33", Rejet, "nombre illisible",
        "Écrivez un nombre, ou « nd » si la valeur n’est pas connue.";
    /// A year that cannot be read.
    AnneeIllisible = "P34", Rejet, "année illisible",
        "Écrivez l’année sur quatre chiffres (2024).";
    /// A value outside the list known for its column, in a cell that the row can do without.
    ModaliteInconnue = "P35", Avertissement, "valeur non reconnue",
        "Employez l’une des valeurs citées dans le message. La ligne est comptée, sans cette valeur.";
    /// An age that no childminder can have.
    AgeInvraisemblable = "P36", Avertissement, "âge invraisemblable",
        "Vérifiez la date de naissance. La personne est comptée, sans son âge.";
    /// A value outside the list known for its column, in a cell that the row cannot do without.
    TypeInconnu = "P37", Rejet, "type non reconnu",
        "Employez l’une des valeurs citées dans le message.";
    /// A label of the relais' activity that the vocabulary does not know.
    MesureInconnue = "P38", Avertissement, "mesure d’activité non reconnue",
        "Écrivez le libellé proposé s’il est le bon. La ligne est conservée, mais aucun indicateur ne l’emploie.";

    /// The list tells that the agrément is suspended, taken back, ended or not given yet.
    AgrementLeve = "P39", MisDeCote, "agrément suspendu, retiré ou non délivré",
        "La ligne n’est pas comptée. Si l’agrément est en vigueur (rendu depuis, ou la personne agréée n’exerce pas), corrigez son statut dans le fichier.";

    /// The row has no name: it cannot be told from another.
    IdentiteAbsente = "P40", Rejet, "identité absente",
        "Complétez le nom et le prénom : ils servent seulement à suivre l’agrément d’une année à l’autre.";
    /// The same person stands on two rows that say the same.
    LigneEnDouble = "P41", Avertissement, "personne en double",
        "La personne est comptée une seule fois ; retirez la ligne de trop si elle est une erreur. Si ce sont deux personnes de même nom, donnez leurs dates de naissance.";
    /// One person holds several agréments: one person, whose places are brought together.
    AgrementsMultiples = "P42", Avertissement, "plusieurs agréments pour une personne",
        "La personne est comptée une fois ; vérifiez le nombre de places retenu dans le message. Si ce sont deux personnes de même nom, donnez leurs dates de naissance.";
    /// The agrément had ended at the observation date.
    AgrementEchu = "P43", MisDeCote, "agrément échu",
        "La ligne n’est pas comptée : vérifiez la date de fin auprès de la PMI.";
    /// The agrément begins after the observation date.
    AgrementFutur = "P44", MisDeCote, "agrément à venir",
        "La ligne n’est pas comptée, et la personne n’est pas partie. Corrigez la date du début si elle est fausse ; sinon, rien à faire.";
    /// A row of totals, or a note under the table.
    LigneDeTotal = "P45", MisDeCote, "ligne de total ou note",
        "Rien à faire, sauf si la ligne citée est une donnée : changez alors le mot par lequel elle commence.";
    /// Two rows of one source give two values to the same figure.
    ValeurEnDouble = "P46", Rejet, "valeur en double",
        "La première des deux lignes est comptée, et non l’autre : gardez la bonne. Si elles s’ajoutent (deux secteurs, deux périodes), remplacez-les par leur somme.";
    /// Coordinates outside the world, or not numbers.
    CoordonneesIllisibles = "P47", Avertissement, "coordonnées illisibles",
        "Corrigez la latitude et la longitude. La structure est comptée, sans sa position.";
    /// The structure is closed or not yet open at the date.
    StructureFermee = "P48", MisDeCote, "structure fermée à cette date",
        "Rien à faire si elle est bien fermée, ou pas encore ouverte. Avec sa date de fermeture, elle serait comptée jusqu’à la veille de ce jour.";
    /// A structure that closes before it opens: one of the two dates is wrong, and none can be believed.
    FermetureAvantOuverture = "P49", Avertissement, "fermeture avant l’ouverture",
        "Corrigez celle des deux dates qui est fausse. La structure est comptée comme ouverte, sans ces dates.";

    /// A code that names no place (`XX`, `99999`, `693XX`).
    CodeSansLieu = "P50", MisDeCote, "code qui ne désigne aucun lieu",
        "Rien à faire : la source range là ce qu’elle ne sait pas situer.";
    /// A row about another level than the one that is read (a région in a file of communes).
    AutreNiveau = "P51", MisDeCote, "autre niveau géographique",
        "Rien à faire : seules les communes de ce fichier sont lues.";
    /// A row of a class or of a measure that the observatory does not use.
    HorsSujet = "P52", MisDeCote, "donnée non employée",
        "Rien à faire, sauf si la donnée citée devrait l’être : vérifiez alors son libellé.";
    /// A figure of a survey too small to be sure.
    EffectifFragile = "P53", Avertissement, "effectif à lire avec prudence",
        "L’Insee déconseille d’interpréter finement les effectifs inférieurs à 200 : préférez le total du territoire.";
    /// Two sources give two values to the same figure.
    SourcesContradictoires = "P54", Avertissement, "sources qui se contredisent",
        "La valeur retenue est citée dans le message ; gardez une trace de l’autre si vous l’avez déjà publiée.";
    /// Several rows are the stops of one travelling structure.
    ArretsDUneStructure = "P55", Avertissement, "arrêts d’une même structure itinérante",
        "La structure est comptée une fois ; si ces lignes sont des structures différentes, donnez-leur des noms différents.";
    /// Several childminders share an address, and the list says nothing about MAM.
    MamDeduite = "P56", Avertissement, "adresse partagée par plusieurs assistants maternels",
        "Ajoutez au fichier une colonne « MAM » qui dit lesquels y exercent.";
    /// A sum of which some parts are withheld or missing.
    SommePartielle = "P57", Avertissement, "somme de parties incomplètes",
        "Rien à faire : la commune n’a pas de total, et le nombre de parties connues est conservé.";

    /// One person stands on two lists of one year.
    PersonneSurDeuxListes = "P58", Avertissement, "personne sur deux listes de la même année",
        "Rien à faire si les deux listes se complètent (deux départements, deux parties du territoire), ou si l’une est un état plus ancien de l’autre. Si une liste est de trop, ou si l’autre la corrige, mettez « # » devant chacune de ses lignes dans le pipeline : qui n’est que sur elle compte encore. Si l’une est remplacée à tort, donnez aux deux la même « date » : elles s’ajoutent alors, chaque personne une fois. Si la liste d’un début d’année dit l’état de la fin de l’année d’avant, donnez-lui cette date-là.";
    /// One structure stands on two rows, or in two censuses of one year.
    StructureEnDouble = "P59", Avertissement, "structure en double",
        "La structure est comptée une seule fois ; si ce sont deux structures, donnez-leur des noms différents, ou l’adresse de chacune. Si un recensement est remplacé à tort par un autre de la même année, donnez aux deux la même « date » : ils s’ajoutent alors.";

    /// A contour that is missing, or of a commune that has changed.
    ContourManquant = "P60", Avertissement, "contour manquant",
        "La commune est absente des cartes : ajoutez son contour au fichier.";
    /// A contour whose split between communes is not known.
    ContourAmbigu = "P61", Avertissement, "contour ambigu",
        "Fournissez des contours plus récents : le partage de cette commune n’est pas connu.";
    /// A polygon that is not valid and could not be mended.
    ContourInvalide = "P62", Avertissement, "contour invalide",
        "Fournissez un contour valide pour cette commune.";

    /// Several columns may be the places of structures, or none is all of them: none is read.
    PlacesIndecises = "P63", Avertissement, "nombre de places indécis",
        "Les structures sont comptées, sans leurs places. Dites dans la source quelle colonne les donne toutes : colonnes = { places = \"Nombre de places\" } ; ou gardez-la seule dans le fichier.";
    /// A number of places that cannot be read, or that no structure has.
    PlacesIncertaines = "P64", Avertissement, "nombre de places non retenu",
        "Vérifiez ce nombre dans le fichier : un mot, un chiffre de trop, un prix, une année ? La structure est comptée, sans ses places ; d’ici là, sa commune n’a pas de nombre de places en accueil collectif.";
    /// A class of ages of which the file lacks an age, or one of the two sexes.
    ClasseIncomplete = "P65", Avertissement, "classe incomplète",
        "Ces chiffres manquent : demandez le tableau de tous les âges, année par année, et des deux sexes.";
    /// Another table begins below the first, on the same sheet.
    AutreTableau = "P66", MisDeCote, "ligne d’un autre tableau",
        "Ces lignes ne sont pas lues. Si elles comptent, mettez ce tableau dans un fichier à part, et déclarez-le dans le pipeline.";
    /// The census has a crèche familiale, and the list of agréments tells of nobody who works for one.
    CrecheFamilialeNonDite = "P67", Avertissement, "salariés des crèches familiales non dits",
        "Ajoutez à la liste de la PMI une colonne « Crèche familiale » (une croix) ou « Employeur ». D’ici là, les places de ces assistants maternels sont peut-être comptées deux fois : chez eux, et dans la crèche familiale.";
    /// Rows of another year, in a composition that holds several.
    CompositionDUneAutreAnnee = "P68", MisDeCote, "composition de plusieurs années",
        "Rien à faire si l’année retenue est la bonne ; sinon gardez dans le fichier les lignes d’une seule année.";
    /// The answers of one sheet were given in several years.
    ReponsesDePlusieursAnnees = "P69", Avertissement, "réponses de plusieurs années",
        "Si ce sont deux enquêtes, gardez un fichier par année, chacun avec sa « date » dans le pipeline. Si l’enquête est à cheval sur deux années, rien à faire.";

    /// Two sources give two values to the same figure.
    ValeursContraires = "P70", Avertissement, "deux sources se contredisent",
        "La première source du pipeline est retenue, rien n’est moyenné : demandez laquelle est juste, et placez-la avant l’autre.";
    /// Two sources count the same thing otherwise, without giving the same figure.
    ComptesContraires = "P71", Avertissement, "deux sources ne comptent pas pareil",
        "Comparez les deux fichiers : l’un des deux est incomplet, ou pas du même jour.";
    /// What earlier runs kept of a year cannot be read.
    HistoriqueIllisible = "P72", Fichier, "historique illisible",
        "Remettez les fichiers de cette année dans le pipeline et relancez, ou restaurez ce dossier d’une sauvegarde. Il reste tel quel ; une fois les fichiers relus, il est gardé à côté, sous le nom de l’année et « .illisible ».";
    /// The first source withholds a figure, or does not know it, and another one gives it.
    ValeurCompletee = "P73", Avertissement, "valeur prise à une autre source",
        "Rien à faire si l’autre source publie bien ce chiffre ; sinon retirez-la du pipeline : le chiffre redevient manquant.";
    /// Two successive lists do not name people in the same way, so that nobody, or only some, can be followed.
    ListesIncomparables = "P74", Avertissement, "listes qui ne nomment pas les personnes de la même façon",
        "Demandez une liste qui donne nom, prénom et date de naissance, ou dites dans « colonnes » de la source quelle colonne les porte. Gardez aussi le fichier cle-pseudonymes d’une année à l’autre.";

    /// A list tells family names alone: they do not say who somebody is.
    NomsDeFamilleSeuls = "P75", Avertissement, "noms de famille sans prénoms",
        "Demandez une liste qui donne aussi les prénoms et les dates de naissance, ou dites dans « colonnes » de la source quelle colonne les porte.";

    /// A count that is like none of the other years of its commune, or a part that is larger than the whole.
    CompteInvraisemblable = "P76", Avertissement, "nombre invraisemblable",
        "Vérifiez ce nombre dans le fichier : un chiffre de trop, une ligne décalée, une autre colonne ? Il est compté tel quel.";

    /// Rows below a title that says that they are of something else.
    SousUnAutreTitre = "P77", MisDeCote, "ligne sous un autre titre",
        "Rien à faire si ces lignes ne sont pas de la liste (des départs, des archives) ; sinon supprimez du fichier le titre cité.";

    /// A column of counts without any.
    ColonneSansNombre = "P78", Avertissement, "colonne sans aucun nombre",
        "Demandez ces chiffres à l’organisme qui a envoyé le fichier : la colonne est là, et n’en donne aucun. Ils sont tenus pour non disponibles.";
    /// Several rows give the same figure, and nothing tells which is right, or whether they add up.
    LignesRivales = "P79", Rejet, "plusieurs lignes pour un même chiffre",
        "Ces chiffres manquent, aucune de ces lignes n’est comptée : gardez une ligne par commune et par année, celle de l’ensemble. Si ces lignes s’ajoutent (des secteurs, les garçons et les filles), remplacez-les par leur somme.";

    /// What declares the questions cannot be used.
    QuestionnaireIllisible = "P80", Fichier, "questionnaire mal déclaré",
        "Corrigez le fichier de pipelines/questionnaires cité dans le message, ou refaites-en l’ébauche : observatoire questionnaire <fichier>.";
    /// Nothing declares the questions: their types are guessed.
    QuestionnaireNonDeclare = "P81", Avertissement, "questionnaire non déclaré",
        "Faites son ébauche, relisez-la et relancez : observatoire questionnaire <fichier>. D’ici là, le type de chaque question est deviné.";
    /// A declared question that the file does not have.
    QuestionAbsente = "P82", Avertissement, "question introuvable dans le fichier",
        "Corrigez « entete » (ou « rang ») de cette question dans pipelines/questionnaires, ou supprimez la question.";
    /// A column of the file that no question declares.
    QuestionNonDeclaree = "P83", Avertissement, "colonne sans question déclarée",
        "Rien à faire si la colonne ne sert pas ; sinon ajoutez sa question dans pipelines/questionnaires.";
    /// An answer outside the declared options or scale.
    ReponseHorsListe = "P84", Avertissement, "réponse hors de la liste",
        "Ajoutez l’option ou son autre écriture dans pipelines/questionnaires. D’ici là, la réponse compte parmi « Autre réponse » ; hors d’une échelle ou d’une case à cocher, elle ne compte pas.";
    /// The commune of a respondent that cannot be placed in the territory.
    RepondantNonSitue = "P85", Avertissement, "commune d’un répondant non située",
        "Rien à faire si la commune n’est pas du territoire : la réponse compte pour le territoire, pas par commune.";
    /// A row of a questionnaire without any answer.
    ReponseVide = "P86", MisDeCote, "réponse vide",
        "Rien à faire : personne n’a répondu sur ces lignes, et elles ne comptent pas parmi les répondants.";
    /// A list that was kept for an earlier year, forgotten in the place of that of this one.
    FichierDUnAutreRapport = "P87", Fichier, "fichier déjà lu pour une autre année",
        "Mettez dans le pipeline le fichier de cette année. Si c’est la date d’alors qui était fausse, supprimez le dossier de l’année citée dans « historique », à côté de la clé des pseudonymes, et relancez avec les fichiers de cette année-là.";
    /// A list or a census that stands beside another one of its year which could not be read.
    RecueilIncomplet = "P88", Avertissement, "une autre liste de la même année n’est pas lue",
        "Rien à faire pour ce fichier-ci : corrigez l’autre. D’ici là, une commune que celui-ci ne nomme pas n’a pas de chiffre cette année-là, et personne n’y est suivi d’une année à l’autre.";
    /// A table of births that says that it is of something else.
    AutreCompte = "P89", Fichier, "tableau d’un autre compte",
        "Rien n’en est lu. S’il compte bien les naissances selon le domicile de la mère, écrivez-le dans l’en-tête de chaque colonne (« Naissances domiciliées 2024 »). Sinon, demandez ce tableau-là : l’Insee le publie par commune.";

    /// People of one commune in MAM of which neither the name nor the address is told.
    MamSansNom = "P90", Avertissement, "MAM sans nom ni adresse",
        "Écrivez le nom de chaque MAM (ou son adresse) : d’ici là, leur nombre est peut-être trop petit.";
    /// A month or a year in place of a date, which may be before or after the observation date.
    DateSansJour = "P91", Avertissement, "date sans jour",
        "Écrivez la date entière (31/12/2024). D’ici là, le premier jour possible est retenu pour un début, le dernier pour une fin.";
    /// A column of renewals that tells the last one, and not when agréments end.
    RenouvellementPasse = "P92", Avertissement, "dates de renouvellement passées",
        "Si la colonne dit au contraire quand les agréments finissent, écrivez dans la source : colonnes = { date_fin = \"Date de renouvellement\" }. Sinon, rien à faire.";
    /// A row of another year, in a list or a census that holds several.
    LigneDUneAutreAnnee = "P93", MisDeCote, "ligne d’une autre année",
        "Rien à faire si l’autre année a son fichier ; sinon déclarez celui-ci une seconde fois, avec sa « date ».";
    /// A list or a census that holds several years, and not that of its source.
    AnneeAbsente = "P94", Fichier, "aucune ligne de cette année",
        "Corrigez « date » de la source, dans le pipeline, ou demandez le fichier de cette année. Si cette colonne n’est pas l’année de la liste, changez son en-tête.";
    /// Somebody who had left by the day of the list, and stayed in the table.
    SortieDeLaListe = "P95", MisDeCote, "personne qui n’exerce plus",
        "Rien à faire si la personne a bien cessé ; sinon videz cette case : la ligne n’est pas comptée.";
    /// An agrément to foster children, not to mind them by the day.
    AssistantFamilial = "P96", MisDeCote, "assistant familial",
        "Rien à faire : l’observatoire compte les assistants maternels. Une personne agréée pour les deux a une ligne pour chacun.";
    /// A list whose title says that its people are there no more.
    ListeDesSorties = "P97", Fichier, "liste de ceux qui ne sont plus agréés",
        "Mettez dans le pipeline la liste des assistants maternels agréés ce jour-là. Si c’est bien elle, corrigez le titre, le nom de la feuille ou celui du fichier.";
    /// Communes of which a list names nobody any more, all at once.
    CommunesDisparues = "P98", Avertissement, "communes absentes de la liste",
        "Demandez si la liste est entière. S’il en manque une partie, déclarez-la aussi, à la même date. Si ces communes n’ont vraiment personne, dites-le par la ligne « personne_dans », si elle est proposée.";
    /// A column of dates that were written the month before the day.
    MoisDevantLeJour = "P99", Avertissement, "dates écrites le mois devant",
        "Comparez une de ces dates à ce que vous en savez. Si le jour est bien devant dans le fichier, corrigez la date de la ligne citée : son second nombre n’est pas un mois.";
    /// Somebody whose birth date is not that of the list before.
    NaissanceCorrigee = "P100", Avertissement, "date de naissance corrigée",
        "Rien à faire si la date a été corrigée. Si ce sont deux personnes, distinguez leurs noms dans le fichier : « Martin (Anne, 2) ».";
    /// A commune of the territory that is no commune any more.
    CommuneDisparue = "P101", Avertissement, "commune du territoire qui n’existe plus",
        "Mettez dans le pipeline le code de la commune d’aujourd’hui à la place de celui-ci.";
    /// A commune that was smaller on the day of a list, and of which the list may tell the people of a part alone.
    CommuneAgrandie = "P102", Avertissement, "commune plus petite à la date de la liste",
        "Demandez si les listes d’alors couvrent la commune entière d’aujourd’hui. Si oui, dites-le par la ligne « personne_dans », si elle est proposée.";
    /// A commune that several have become, of which a file of then counts some alone.
    CommuneEnPartie = "P103", Avertissement, "commune comptée en partie",
        "Ces chiffres manquent : ajoutez au fichier la ligne des autres communes d’alors. Si la ligne compte toute la commune d’aujourd’hui, dites-le sous [correspondances], dans le pipeline, par une ligne de cette forme : \"NOM ÉCRIT DANS LE FICHIER\" = \"CODE INSEE\".";
    /// A capacity that cannot be read, as most of those of its list.
    CapacitesIllisibles = "P104", Rejet, "capacités illisibles",
        "La plupart des capacités de cette liste ne se lisent pas : dites dans « colonnes » de la source quelle colonne les donne, ou écrivez des nombres. D’ici là, la personne n’est pas comptée.";
    /// One name in two communes, of which no birth date tells whether it is one person.
    HomonymesSansNaissance = "P105", Avertissement, "même nom dans deux communes",
        "Rien à faire si ce sont deux personnes. Si c’est la même, qui a déménagé, retirez l’ancienne ligne. Des dates de naissance les distingueraient.";
    /// An answer that stands twice in its file, word for word and at the same moment.
    ReponseEnDouble = "P106", MisDeCote, "réponse en double",
        "Rien à faire : la même réponse, du même moment, est plusieurs fois dans le fichier, et compte une fois.";
    /// A commune of which a census counts no establishment, but holds a row that could not be counted.
    EtablissementPerdu = "P107", Avertissement, "établissement qui n’a pas pu être compté",
        "Corrigez la ligne dans le fichier (son type, sa commune). D’ici là, ces communes n’ont pas de chiffre d’établissements : zéro serait peut-être faux.";
    /// A note of the file says that its zeros hide small numbers.
    ZerosMasques = "P108", Avertissement, "zéros qui cachent de petits nombres",
        "Rien à faire : les zéros de ce fichier sont lus comme des nombres que la source ne diffuse pas (s.), et non comme « personne ».";
    /// Answers of one file that stand in another one of the same questionnaire.
    ReponsesDeDeuxExports = "P109", Avertissement, "réponses qui sont aussi dans un autre fichier",
        "Rien à faire si le second export contient le premier : ces réponses comptent une fois. Un seul des deux fichiers suffit alors.";
    /// A source of every year, of which that of the report has not come.
    AnneeEnRetard = "P110", Avertissement, "source qui ne va pas jusqu’à l’année du rapport",
        "Demandez les données de cette année. En attendant, un rapport de la dernière année que toutes les sources donnent a tous ses chiffres : écrivez-la dans « date », sous [observation] du pipeline ; ce que les autres sources disent d’après n’y entre pas, et reviendra avec elle.";
    /// A remark, or a word beside a name, says that somebody has left, whom the list counts.
    DepartEnRemarque = "P111", Avertissement, "personnes comptées qui semblent parties",
        "Relisez ces lignes. Qui n’exerce plus à la date de la liste se dit dans une colonne « Statut » ou « Date de sortie », ou se retire de la liste : une remarque n’est pas lue. En attendant, les chiffres de leurs communes sont des estimations.";
    /// Several sheets of a workbook fit, and say different things.
    FeuillesRivales = "P112", Fichier, "plusieurs feuilles conviennent",
        "Collez sous la source, dans le pipeline, la ligne proposée qui convient, avec le nom de la bonne feuille. Une feuille par année se lit par une source par année, chacune avec sa « feuille » et sa « date ».";
    /// Whoever stays under another family name.
    NomChange = "P113", Avertissement, "nom de famille changé",
        "Rien à faire si le nom a changé (mariage, nom d’usage). Si ce sont deux personnes, ajoutez au prénom de l’une ce qui la distingue : « Anne, 2 ».";
    /// Structures of two censuses of one year that look like the same ones.
    StructuresSemblables = "P114", Avertissement, "structures peut-être comptées deux fois",
        "Si ce sont les mêmes, écrivez leur nom de la même façon (dans les deux fichiers, ou sur les deux lignes), ou n’en gardez qu’une. Si elles sont plusieurs, donnez leurs adresses.";
    /// A row of one text only, in the middle of a list, that nothing explains.
    TitreInconnu = "P115", MisDeCote, "titre inconnu au milieu de la liste",
        "Les lignes au-dessous sont comptées, et les chiffres de leurs communes sont des estimations. Si elles ne sont pas de la liste, retirez-les ; sinon, retirez le titre. Si c’est une personne, complétez sa ligne.";
    /// A row whose text is struck through.
    LigneBarree = "P116", MisDeCote, "ligne barrée",
        "Rien à faire si ce qu’elle dit n’a plus cours : elle ne compte pas. Sinon, ôtez le trait dans le tableur.";
    /// A sheet that `feuilles` does not name says what none of the others does.
    FeuilleOubliee = "P117", Avertissement, "feuille que le pipeline ne nomme pas",
        "Ajoutez-la à « feuilles » de la source. Si elle n’est pas de la liste, donnez à la feuille un nom qui commence par « Hors ». En attendant, les chiffres des communes qu’elle nomme sont des estimations.";
    /// Half a list, or half a census, where an earlier run read the whole.
    RecueilRemplace = "P118", Avertissement, "fichier lu, et laissé pour un rapport précédent",
        "Corrigez d’abord le fichier, ou la feuille, de la même année qui n’a pas pu être lu : celui-ci comptera alors, avec ses corrections.";
    /// A number merged over several rows.
    CompteFusionne = "P119", Avertissement, "nombre fusionné sur plusieurs lignes",
        "Séparez les cellules fusionnées de cette colonne, et écrivez le nombre de chaque ligne. D’ici là, ces lignes n’ont pas ce nombre.";
    /// The title, or the sheet, says that the table counts something else.
    AutreTitre = "P120", Fichier, "tableau qui dit compter autre chose",
        "Rien n’en est lu. Si c’est le bon tableau, corrigez son titre (ou le nom de sa feuille), ou nommez la feuille dans « feuille » de la source. Sinon, mettez le bon fichier dans le pipeline.";
    /// A title, or a note, says that a year of the table has not ended.
    AnneeInachevee = "P121", Avertissement, "année comptée en partie",
        "Les chiffres de cette année ne sont pas lus : demandez ceux de l’année entière. Si elle y est en entier, corrigez ce qui est cité : titre, note, en-têtes, nom du fichier, ou « date » de la source.";
    /// Ways of which the table gives one direction.
    TrajetSansRetour = "P122", Avertissement, "trajets dans un seul sens",
        "Rien à faire si le tableau donne chaque couple de communes une fois. Sinon, ajoutez les trajets qui manquent.";
    /// A row of the activity in hours, in shares, in euros.
    AutreUnite = "P123", MisDeCote, "ligne d’une autre unité",
        "La ligne n’est pas comptée. Si elle compte bien des personnes, des contacts ou des séances, corrigez son unité.";
    /// An activity that is told commune by commune.
    ActiviteParCommune = "P124", Fichier, "activité détaillée par commune",
        "Rien n’en est lu : un pipeline lit l’activité de tout le relais. Faites-en un tableau d’une ligne par mesure, sans la colonne ou les titres cités.";
    /// Somebody who left the questionnaire before its end.
    ReponseNonEnvoyee = "P125", MisDeCote, "réponse commencée, et non envoyée",
        "Rien à faire : ces personnes n’ont pas répondu jusqu’au bout, et ne comptent pas parmi les répondants.";
    /// A text below the header says that a column of counts counts something else.
    ColonneChangee = "P126", Avertissement, "colonne qui compte autre chose",
        "Les nombres de cette colonne ne sont pas lus. Si le texte cité, sous l’en-tête, ne change rien à ce qu’elle compte, effacez-le.";
    /// People said not to be active, without a word on their agrément.
    InactiveComptee = "P127", Avertissement, "personnes dites inactives, et comptées",
        "Leur agrément court peut-être encore : elles comptent, et les chiffres de leurs communes sont des estimations. S’il a pris fin, écrivez « cessation » dans une colonne « Statut » ; s’il court, « agréé », et retirez la colonne citée.";
    /// A list of which so many people stand on two lines that it may be several.
    PlusieursListes = "P128", Avertissement, "liste qui en réunit peut-être plusieurs",
        "Si le fichier tient plusieurs années, nommez la colonne qui les dit (« colonnes = { annee_liste = \"…\" } »), ou gardez les lignes d’une seule. En attendant, chaque personne compte une fois, et ces chiffres sont des estimations.";
    /// Whoever stays under another first name.
    PrenomChange = "P129", Avertissement, "prénom écrit autrement",
        "Rien à faire si le prénom a été corrigé ou complété. Si ce sont deux personnes, ajoutez au nom de l’une ce qui la distingue : « Martin, 2 ».";
    /// The commune of a group is in its first row alone.
    CommuneParGroupe = "P130", Avertissement, "commune écrite une fois par groupe",
        "Rien à faire si chaque commune est écrite sur la première de ses lignes. Sinon, écrivez-la sur chaque ligne.";
    /// Rows that a filter hides, or somebody by hand.
    LignesMasquees = "P131", Avertissement, "lignes masquées, et comptées",
        "Rien à faire si un filtre les cache seulement. Si elles n’ont plus cours, supprimez-les : une ligne masquée compte comme les autres.";
    /// Two lines of one list that may be of one person, under two names.
    PeutEtreUneSeule = "P132", Avertissement, "une personne peut-être comptée deux fois",
        "Ces lignes ont le prénom, ou le nom de famille, la date de naissance et la commune d’une autre. Si c’est une seule personne (nom de naissance, puis nom d’usage), gardez-en une. Sinon, rien à faire : le nombre de la commune reste une estimation.";
    /// People of several communes name one MAM.
    MamDePlusieursCommunes = "P133", Avertissement, "une MAM, plusieurs communes",
        "Si c’est une seule maison, écrivez pour chacun la commune où elle est, et non celle où il habite : d’ici là, elle compte deux fois, et des places comptent ailleurs. Si ce sont deux maisons, rien à faire.";
    /// A row of a census that speaks of no establishment of early childhood.
    AutreService = "P134", MisDeCote, "autre service que l’accueil du jeune enfant",
        "Rien à faire : un relais, une école ou un centre de loisirs n’a pas de places d’accueil du jeune enfant. Si la ligne citée en a, écrivez son type : multi-accueil, micro-crèche…";
    /// The file says to be of a later year than the pipeline: next year's, perhaps, in the place of the old one.
    AnneePlusRecente = "P135", Avertissement, "le fichier parle d’une année plus récente",
        "Si c’est le fichier de l’année, mis à la place du précédent, corrigez « date » de la source : les chiffres gardés de l’année passée restent. Si son titre ou son nom se trompe, corrigez-le : d’ici là, ce qui était gardé de cette année-là le reste, et celui-ci n’est pas gardé.";
}

impl Motif {
    /// True if figures are missing because of it that a file, or a word of the person, could give, though every row was
    /// read.
    pub fn tait_des_chiffres(self) -> bool {
        matches!(
            self,
            Self::ColonnesRivales
                | Self::CompteIllisible
                | Self::CommuneScindee
                | Self::PlacesIndecises
                | Self::PlacesIncertaines
                | Self::ClasseIncomplete
                | Self::CommunesDisparues
                | Self::CommuneAgrandie
                | Self::CommuneEnPartie
                | Self::EtablissementPerdu
                | Self::AnneeEnRetard
                | Self::FeuilleOubliee
                | Self::CompteFusionne
                | Self::AnneeInachevee
                | Self::ColonneChangee
                | Self::PlusieursListes
        )
    }

    /// True for what casts a doubt on all that a file says, though its rows are read: to be seen before the reserves of
    /// single rows.
    pub fn engage_tout_le_fichier(self) -> bool {
        matches!(
            self,
            Self::ColonneNonEmployee
                | Self::SourcePosterieure
                | Self::FichierDeDeuxDates
                | Self::PersonneSurDeuxListes
                | Self::ListesIncomparables
                | Self::AutreAnnee
                | Self::AnneePlusRecente
                | Self::CommunesDisparues
                | Self::CommuneAgrandie
                | Self::MoisDevantLeJour
                | Self::PlacesIndecises
                | Self::CrecheFamilialeNonDite
                | Self::ReponsesDePlusieursAnnees
                | Self::NomsDeFamilleSeuls
        )
    }
}

impl fmt::Display for Motif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.titre())
    }
}

/// Where a problem stands. Lines and columns are counted from 1, as in a spreadsheet.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub struct Lieu {
    /// Path of the file as the pipeline names it.
    pub fichier: String,
    /// Sheet of a workbook.
    pub feuille: Option<String>,
    /// Line in the file or the sheet, from 1.
    pub ligne: Option<u32>,
    /// Position of the column, from 1, and its header.
    pub colonne: Option<(u32, String)>,
}

impl Lieu {
    /// A whole file.
    pub fn fichier(fichier: impl Into<String>) -> Self {
        Self { fichier: fichier.into(), ..Self::default() }
    }
}

/// `1` → `A`, `27` → `AA`: a column as a spreadsheet names it.
pub fn lettres_de_colonne(position: u32) -> String {
    let mut reste = position;
    let mut lettres = Vec::new();
    while reste > 0 {
        reste -= 1;
        lettres.push(char::from(b'A' + u8::try_from(reste % 26).unwrap_or(0)));
        reste /= 26;
    }
    lettres.iter().rev().collect()
}

impl fmt::Display for Lieu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", texte_sur(&self.fichier))?;
        if let Some(feuille) = &self.feuille {
            write!(f, ", feuille « {} »", texte_sur(feuille))?;
        }
        if let Some(ligne) = self.ligne {
            write!(f, ", ligne {ligne}")?;
        }
        if let Some((position, nom)) = &self.colonne {
            write!(f, ", colonne {} « {nom} »", lettres_de_colonne(*position))?;
        }
        Ok(())
    }
}

/// The shape of a value that must not be shown: digits become `9`, letters `a`.
pub fn masquer(valeur: &str) -> String {
    valeur
        .chars()
        .map(|c| match c {
            c if c.is_numeric() => '9',
            c if c.is_alphabetic() => 'a',
            c => c,
        })
        .collect()
}

/// One problem: what, where, with which value, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Probleme {
    /// What is wrong.
    pub motif: Motif,
    /// Where.
    pub lieu: Lieu,
    /// The value as it stands in the file; masked (see [`masquer`]) if it is personal.
    pub valeur: Option<String>,
    /// What is particular to this case, as a French sentence without a final stop.
    pub detail: String,
    /// How many rows share it (1, but for problems told once for many rows).
    pub lignes: u32,
    /// Lines that would settle it, pasted under `[correspondances]` of the pipeline: one of them.
    pub a_coller: Vec<String>,
}

impl Probleme {
    /// A problem that concerns one row, cell or file.
    pub fn new(motif: Motif, lieu: Lieu, detail: impl Into<String>) -> Self {
        Self { motif, lieu, valeur: None, detail: detail.into(), lignes: 1, a_coller: Vec::new() }
    }

    /// The same, with the value that is wrong.
    #[must_use]
    pub fn avec_valeur(mut self, valeur: impl Into<String>) -> Self {
        self.valeur = Some(valeur.into());
        self
    }

    /// The same, with the lines to paste into the pipeline, of which one is right.
    #[must_use]
    pub fn avec_lignes_a_coller(mut self, lignes: Vec<String>) -> Self {
        self.a_coller = lignes;
        self
    }
}

impl fmt::Display for Probleme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} — {}", self.motif, self.lieu)?;
        if let Some(valeur) = self.valeur.as_ref().filter(|v| !v.trim().is_empty()) {
            write!(f, " : « {} »", texte_sur(valeur))?;
        }
        if !self.detail.is_empty() {
            write!(f, " : {}", texte_sur(&self.detail))?;
        }
        write!(f, ". {}", self.motif.conseil())
    }
}

impl std::error::Error for Probleme {}
