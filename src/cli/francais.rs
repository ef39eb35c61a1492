//! The words that clap writes in English, in French.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

/// What an option waits for, said by the command that reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Attendu(pub(super) String);

impl From<&str> for Attendu {
    fn from(texte: &str) -> Self {
        Self(texte.to_owned())
    }
}

const MODELE: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}{after-help}";

/// Gives French headings, help and version to a command and to those below it.
pub(super) fn traduire(commande: Command) -> Command {
    let noms: Vec<String> = commande.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let aide = Arg::new("aide").short('h').long("help").help("Affiche cette aide").action(ArgAction::Help);
    let mut traduite = commande
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .subcommand_help_heading("Commandes\u{a0}")
        .subcommand_value_name("COMMANDE")
        .mut_args(|arg| {
            let titre = if arg.is_positional() { "Arguments\u{a0}" } else { "Options\u{a0}" };
            arg.help_heading(titre)
        })
        .arg(aide.help_heading("Options\u{a0}"))
        .help_template(MODELE);
    if noms.is_empty() {
        let nom = traduite.get_name().to_owned();
        let positions: Vec<String> =
            traduite.get_positionals().map(|a| format!("<{}>", a.get_id().as_str().to_uppercase())).collect();
        return traduite.override_usage(format!("observatoire {nom} {} [OPTIONS]", positions.join(" ")));
    }
    let version =
        Arg::new("version").short('V').long("version").help("Affiche la version").action(ArgAction::Version);
    traduite = traduite.arg(version.help_heading("Options\u{a0}")).override_usage("observatoire <COMMANDE>");
    noms.into_iter().fold(traduite, |commande, nom| commande.mut_subcommand(nom, traduire))
}

/// What is wrong with a call, and what to do.
pub(super) fn expliquer(erreur: &Error) -> String {
    let quoi = |genre: ContextKind| match erreur.get(genre) {
        Some(ContextValue::String(texte)) => texte.clone(),
        Some(ContextValue::Strings(textes)) => textes.join(", "),
        _ => String::new(),
    };
    let argument = quoi(ContextKind::InvalidArg);
    let probleme = match erreur.kind() {
        ErrorKind::UnknownArgument => format!("l’option « {argument} » n’existe pas"),
        ErrorKind::InvalidSubcommand => {
            format!("la commande « {} » n’existe pas", quoi(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "il manque une commande".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("il manque {argument}"),
        ErrorKind::ArgumentConflict => {
            format!("« {argument} » ne va pas avec « {} »", quoi(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let attendu = std::error::Error::source(erreur).and_then(|cause| cause.downcast_ref::<Attendu>());
            let attendu = attendu.map_or_else(String::new, |attendu| format!(" : {attendu}"));
            let valeur = quoi(ContextKind::InvalidValue);
            format!("« {valeur} » n’est pas une valeur possible pour {argument}{attendu}")
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{argument} n’a pas le bon nombre de valeurs")
        }
        _ => "la commande n’est pas comprise".to_owned(),
    };
    let proche = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg].map(quoi).concat();
    let proche = if proche.is_empty() { String::new() } else { format!(" ; vouliez-vous « {proche} » ?") };
    format!("{probleme}{proche}\nL’aide est là : observatoire --help")
}
