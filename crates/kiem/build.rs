//! Builds again when the web page was built again, and makes its folder, so that a debug build reads it from the disk
//! once it is there.

fn main() {
    let folder = "../../web/dist";
    println!("cargo::rerun-if-changed={folder}");
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(error) = std::fs::create_dir_all(folder) {
        println!("cargo::warning=the folder {folder} cannot be made ({error}); this build has no web page");
    }
}
