//! A workbook as LibreOffice stores it, of one sheet.

/// The bytes of the file; `lignes` is the markup of its rows.
pub(crate) fn ecrire(feuille: &str, lignes: &str) -> Vec<u8> {
    let oasis = "urn:oasis:names:tc:opendocument:xmlns:";
    let contenu = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"{oasis}office:1.0\" \
         xmlns:table=\"{oasis}table:1.0\" xmlns:text=\"{oasis}text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"{feuille}\">{lignes}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let stockee = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (nom, texte) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &contenu),
    ] {
        archive.start_file(nom, stockee).unwrap();
        std::io::Write::write_all(&mut archive, texte.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
