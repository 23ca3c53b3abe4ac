/* SPDX-License-Identifier: MIT OR Apache-2.0 */
int fflush_all(void);
void print_words(char **words);
char *current_folder(void);
