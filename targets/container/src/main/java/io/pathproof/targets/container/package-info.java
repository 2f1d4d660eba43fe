/**
 * What the containers of targets have in common: {@link io.pathproof.targets.container.RecipeImage}
 * is an image of ours, {@link io.pathproof.targets.container.ContainerEngine} what runs it, {@link
 * io.pathproof.targets.container.ContainerCommand} a command inside one.
 */
package io.pathproof.targets.container;
