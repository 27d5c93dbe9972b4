//! The command line as its users meet it: outputs, exit codes, signals, pipes.

mod cli {
    mod answers;
    mod arguments;
    mod errors;
    mod files;
    mod golden;
    mod hist;
    mod interruption;
    mod locate;
    mod rows;
    mod run;
}
