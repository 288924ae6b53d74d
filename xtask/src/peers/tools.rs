//! What the comparison needs: our programs, the others, and what all work on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run;
use crate::workspace::Workspace;

/// Galaxies that are encoded in one run, as in `benches/paired.rs`.
pub const GALAXIES: usize = 512;

/// Galaxies that `grove extract` reads in one run.
pub const EXTRACTED: usize = 2_000;

/// Python packages, with their versions.
const PACKAGES: [&str; 5] = [
    "numpy",
    "scipy",
    "fastcluster==1.3.0",
    "onnxruntime==1.32.0",
    "tract==0.23.9",
];

/// JavaScript libraries, with their versions.
const LIBRARIES: [&str; 4] = [
    "@litertjs/core@2.5.3",
    "onnxruntime-web@1.30.0",
    "@tensorflow/tfjs@4.22.0",
    "@tensorflow/tfjs-backend-wasm@4.22.0",
];

pub struct Tools {
    root: PathBuf,
    folder: PathBuf,
    paired: PathBuf,
    grove: PathBuf,
    /// TensorFlow could be installed.
    pub has_tensorflow: bool,
}

impl Tools {
    /// Builds and installs what is missing, and writes the data.
    pub fn ready(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("peers");
        fs::create_dir_all(&folder)?;
        run::run(
            workspace
                .cargo()
                .args(["build", "--release", "--package", "grove-cli"]),
        )?;
        let mut tools = Self {
            root: workspace.root.clone(),
            paired: paired(workspace)?,
            grove: workspace.target.join("release").join("grove"),
            has_tensorflow: false,
            folder,
        };
        run::run(&mut tools.paired("data"))?;
        let model = tools.model();
        run::run(Command::new(&tools.grove).arg("export-onnx").arg(&model).args([
            "--force".as_ref(),
            "--output".as_ref(),
            tools.folder.join("galaxies.onnx").as_os_str(),
        ]))?;
        run::run(
            Command::new(&tools.grove)
                .args(["simulate", &EXTRACTED.to_string()])
                .args([
                    "--force".as_ref(),
                    "--output".as_ref(),
                    tools.folder.join("galaxies.h5").as_os_str(),
                ]),
        )?;
        let python = tools.folder.join("venv/bin/python");
        if !python.is_file() {
            run::run(
                Command::new("python3")
                    .args(["-m", "venv"])
                    .arg(tools.folder.join("venv")),
            )?;
        }
        let install = |packages: &[&str]| {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet"]).args(packages);
            run::run(&mut pip)
        };
        install(&PACKAGES)?;
        tools.has_tensorflow = install(&["tensorflow-cpu", "onnx"]).is_ok();
        if tools.has_tensorflow {
            // For LiteRT.js. It reads no lines: there is nothing to time.
            run::run(tools.python("write_tflite").stdin(std::process::Stdio::null()))?;
        } else {
            println!(
                "TensorFlow cannot be installed here: it is left out, and LiteRT.js, whose file it writes"
            );
        }
        Ok(tools)
    }

    fn model(&self) -> PathBuf {
        self.root.join("www/model/galaxies.safetensors")
    }

    /// One task of ours.
    pub fn paired(&self, task: &str) -> Command {
        let mut command = Command::new(&self.paired);
        command.arg(task).arg(&self.folder);
        command
    }

    /// One task of another program, on one thread.
    pub fn python(&self, task: &str) -> Command {
        let mut command = Command::new(self.folder.join("venv/bin/python"));
        command
            .arg(self.root.join("benches/peers/native.py"))
            .arg(task)
            .arg(&self.folder)
            .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, "1")))
            .env("TF_CPP_MIN_LOG_LEVEL", "2");
        command
    }

    /// `grove extract`, measured from outside.
    pub fn extract(&self) -> Command {
        let mut command = self.python("grove_extract");
        command
            .arg(&self.grove)
            .arg(self.model())
            .arg(self.folder.join("galaxies.h5"));
        command
    }

    /// Puts the page of the other libraries, and what it needs, into a folder.
    pub fn libraries(&self, into: &Path) -> Result<()> {
        let npm = self.folder.join("npm");
        fs::create_dir_all(&npm)?;
        run::run(
            Command::new("npm")
                .args([
                    "install",
                    "--silent",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                ])
                .args(LIBRARIES)
                .current_dir(&npm),
        )?;
        fs::create_dir_all(into)?;
        let modules = npm.join("node_modules");
        let copy = |from: PathBuf, name: &str| {
            fs::copy(&from, into.join(name)).with_context(|| format!("cannot copy {}", from.display()))
        };
        for name in [
            "ort.wasm.min.mjs",
            "ort-wasm-simd-threaded.mjs",
            "ort-wasm-simd-threaded.wasm",
        ] {
            copy(modules.join("onnxruntime-web/dist").join(name), name)?;
        }
        copy(modules.join("@tensorflow/tfjs/dist/tf.min.js"), "tf.min.js")?;
        let wasm = modules.join("@tensorflow/tfjs-backend-wasm/dist");
        for name in [
            "tf-backend-wasm.min.js",
            "tfjs-backend-wasm.wasm",
            "tfjs-backend-wasm-simd.wasm",
            "tfjs-backend-wasm-threaded-simd.wasm",
        ] {
            copy(wasm.join(name), name)?;
        }
        copy(self.folder.join("galaxies.onnx"), "galaxies.onnx")?;
        if self.has_tensorflow {
            copy(self.folder.join("galaxies.tflite"), "galaxies.tflite")?;
        }
        for (package, from, to) in [
            ("core", "dist", "litert"),
            ("core", "wasm", "litert-wasm"),
            ("wasm-utils", "dist", "litert-utils"),
        ] {
            fs::create_dir_all(into.join(to))?;
            for (name, path) in crate::dist::files(&modules.join("@litertjs").join(package).join(from))? {
                if !name.contains('/') {
                    copy(path, &format!("{to}/{name}"))?;
                }
            }
        }
        copy(self.root.join("benches/peers/page.html"), "index.html")?;
        Ok(())
    }

    /// Versions of the others, for the report.
    pub fn versions(&self) -> Result<String> {
        let mut list = Command::new(self.folder.join("venv/bin/python"));
        let list = run::output(list.args(["-m", "pip", "list", "--format=json"]))?;
        let list: Value = serde_json::from_slice(&list)?;
        let wanted = [
            "fastcluster",
            "numpy",
            "onnxruntime",
            "scipy",
            "tensorflow_cpu",
            "tensorflow-cpu",
            "tract",
        ];
        let packages = list.as_array().into_iter().flatten().filter_map(|package| {
            let name = package["name"].as_str()?;
            let version = package["version"].as_str()?;
            wanted.contains(&name).then(|| format!("{name} {version}"))
        });
        Ok(packages
            .chain(LIBRARIES.map(|library| {
                let (name, version) = library.rsplit_once('@').unwrap_or((library, ""));
                format!("{name} {version}")
            }))
            .collect::<Vec<_>>()
            .join(", "))
    }
}

/// Builds `benches/paired.rs` and asks cargo where it is.
fn paired(workspace: &Workspace) -> Result<PathBuf> {
    let mut build = workspace.cargo();
    build.args([
        "bench",
        "--package",
        "grove-model",
        "--features",
        "flex",
        "--bench",
        "paired",
    ]);
    build.args(["--no-run", "--message-format", "json"]);
    let messages = run::output(&mut build)?;
    let messages = String::from_utf8(messages)?;
    let of_bench = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == "paired";
        message["executable"]
            .as_str()
            .filter(|_| is_ours)
            .map(PathBuf::from)
    };
    messages
        .lines()
        .filter_map(of_bench)
        .next_back()
        .context("cargo names no program for the benchmark `paired`")
}
